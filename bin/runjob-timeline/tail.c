#include "bin/runjob-timeline/tail.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bin/runjob-timeline/chart.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/job.h"

/* Of a log that has no line breaks, too. */
enum { READ_MOST = 16384, TAB = 8, ESCAPE = 0x1b };

static const char indent[] = "    | ";

/* Where the escape sequence (ECMA-48) ends that begins at i: CSI ones have parameters and a
 * final byte, OSC ones go on to BEL, others are two bytes. */
static size_t behind_escape(struct str_view line, size_t i)
{
	bool has_text = i + 1 < line.len && line.data[i + 1] == ']';

	if (i + 1 >= line.len || (line.data[i + 1] != '[' && !has_text))
		return i + 2;
	for (i += 2; i < line.len; i++) {
		if (has_text ? line.data[i] == '\a' : line.data[i] >= '@')
			break;
	}
	return i + 1;
}

void tail_clean(struct buf *out, struct str_view line)
{
	size_t begin = out->len;
	size_t i = 0;

	while (i < line.len) {
		char c = line.data[i];

		if (c == ESCAPE) {
			i = behind_escape(line, i);
			continue;
		}
		/* What is written over, but not by nothing. */
		if (c == '\r' && i + 1 < line.len)
			buf_cut(out, begin);
		else if (c == '\t')
			buf_add_format(out, "%*s", (int)(TAB - (out->len - begin) % TAB),
				       "");
		else if (c != '\r')
			buf_add_char(out, c ? c : '?');
		i++;
	}
}

static void read_end(struct buf *text, const struct layout *layout, const char *id)
{
	auto_job struct job job = JOB_NONE;
	auto_close int fd = -1;
	struct error ignored = { 0 };
	struct stat info = { 0 };
	bool found = false;
	ssize_t got;
	off_t from;

	if (job_open(&job, &found, layout, id, &ignored) < 0 || !found)
		return;
	fd = openat(job.fd, "log", O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &info) < 0)
		return;
	from = info.st_size > READ_MOST ? info.st_size - READ_MOST : 0;
	got = pread(fd, buf_room(text, READ_MOST), READ_MOST, from);
	if (got > 0)
		buf_grew(text, (size_t)got);
}

/* Where the last so many lines begin. */
static size_t find_last(const struct buf *text, unsigned lines)
{
	size_t at = text->len;

	while (at > 0) {
		/* The break at the very end ends a line, and begins none. */
		if (text->data[at - 1] == '\n' && at < text->len && --lines == 0)
			return at;
		at--;
	}
	return at;
}

unsigned tail_dump(struct buf *out, const struct chart *chart,
		   const struct layout *layout, const char *id, unsigned most)
{
	auto_buf struct buf text = BUF_EMPTY;
	unsigned lines = 0;
	size_t at;

	if (most > 0)
		read_end(&text, layout, id);
	at = most > 0 ? find_last(&text, most) : 0;
	while (at < text.len) {
		auto_buf struct buf line = BUF_EMPTY;
		const char *begin = text.data + at;
		const char *end = memchr(begin, '\n', text.len - at);
		size_t len = end ? (size_t)(end - begin) : text.len - at;

		tail_clean(&line, (struct str_view){ begin, len });
		buf_add_str(out, indent);
		chart_text(out, chart, buf_str(&line),
			   chart->width - (unsigned)strlen(indent));
		buf_add_char(out, '\n');
		lines++;
		at += len + 1;
	}
	return lines;
}
