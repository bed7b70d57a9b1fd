#include "bin/runjob/view.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job.h"

enum { STEP = 65536, FIELDS = 4, FIELD_MAX = 20 };
/* The last millisecond of the year 9999. */
static const uint64_t time_max = 253402300799999;

/* One field and the blank behind it; the last has none. */
static int take_field(char field[static FIELD_MAX + 1], struct str_view *rest, bool last,
		      struct error *err)
{
	const char *blank = rest->len ? memchr(rest->data, ' ', rest->len) : NULL;
	size_t len = blank ? (size_t)(blank - rest->data) : rest->len;

	if (!len || len > FIELD_MAX || last != !blank)
		return error_set(err, ERROR_DATA, "a line of it has other fields");
	memcpy(field, rest->data, len);
	field[len] = '\0';
	rest->data += len + (blank ? 1 : 0);
	rest->len -= len + (blank ? 1 : 0);
	return 0;
}

int view_parse(struct view_chunk *chunk, struct str_view line, struct error *err)
{
	char fields[FIELDS][FIELD_MAX + 1];
	uint64_t unix_ms = 0;

	for (int i = 0; i < FIELDS; i++) {
		if (take_field(fields[i], &line, i == FIELDS - 1, err) < 0)
			return -1;
	}
	if (str_to_u64(&chunk->offset, fields[0], 0, INT64_MAX, err) < 0 ||
	    str_to_u64(&chunk->len, fields[1], 1, INT64_MAX, err) < 0 ||
	    str_to_u64(&unix_ms, fields[3], 0, time_max, err) < 0)
		return -1;
	chunk->stream = fields[2][0];
	chunk->unix_ms = (int64_t)unix_ms;
	if (chunk->len > INT64_MAX - chunk->offset)
		return error_set(err, ERROR_DATA, "a chunk of it is too long");
	if (strlen(fields[2]) != 1 || !strchr("oe-", chunk->stream))
		return error_set(err, ERROR_DATA, "'%s' is no stream", fields[2]);
	return 0;
}

/* Each line with its time in front. */
static void add_times(struct buf *out, struct view *view, struct str_view bytes,
		      const struct view_chunk *chunk)
{
	static const char *const streams[] = { "out", "err", "-" };
	const char *stream = chunk->stream == 'o'   ? streams[0]
			     : chunk->stream == 'e' ? streams[1]
						    : streams[2];
	char time[DATE_LEN];

	date_format(time, chunk->unix_ms);
	while (bytes.len > 0) {
		const char *end = memchr(bytes.data, '\n', bytes.len);
		size_t len = end ? (size_t)(end - bytes.data) + 1 : bytes.len;

		if (!view->in_line)
			buf_add_format(out, "%s %-3s ", time, stream);
		buf_add(out, bytes.data, len);
		view->in_line = !end;
		bytes.data += len;
		bytes.len -= len;
	}
}

static int copy_chunk(struct view *view, const struct view_chunk *chunk, int log,
		      int out_fd, struct error *err)
{
	uint64_t at = chunk->offset > view->from ? chunk->offset : view->from;
	uint64_t end = chunk->offset + chunk->len;
	auto_buf struct buf out = BUF_EMPTY;
	char bytes[STEP];

	if (view->stream && chunk->stream != view->stream && chunk->stream != '-')
		return 0;
	while (at < end) {
		size_t step = end - at < STEP ? (size_t)(end - at) : STEP;
		ssize_t got = pread(log, bytes, step, (off_t)at);

		if (got < 0)
			return error_errno(err, "read the log");
		if (got == 0)
			return 0;
		buf_clear(&out);
		if (view->times)
			add_times(&out, view, (struct str_view){ bytes, (size_t)got },
				  chunk);
		else
			buf_add(&out, bytes, (size_t)got);
		if (file_write(out_fd, out.data, out.len, "standard output", err) < 0)
			return -1;
		at += (uint64_t)got;
	}
	return 0;
}

/* The whole lines among the bytes; *used is how long they are. */
static int copy_lines(size_t *used, struct view *view, struct str_view lines,
		      const int fds[static 2], struct error *err)
{
	const char *end;

	*used = 0;
	while ((end = memchr(lines.data + *used, '\n', lines.len - *used))) {
		const char *start = lines.data + *used;
		struct str_view line = { start, (size_t)(end - start) };
		struct view_chunk chunk = { 0 };

		if (view_parse(&chunk, line, err) < 0 ||
		    copy_chunk(view, &chunk, fds[0], fds[1], err) < 0)
			return -1;
		*used += line.len + 1;
	}
	return 0;
}

static int open_index(int *fd, const struct job *job, struct error *err)
{
	*fd = openat(job->fd, "log.index", O_RDONLY | O_CLOEXEC);
	if (*fd < 0 && errno == ENOENT)
		return error_set(err, ERROR_ABSENT,
				 "job '%s' has no log.index: start it with --log-index",
				 job->id);
	return *fd < 0 ? error_errno(err, "open '%s/log.index'", job->dir) : 0;
}

int view_copy(struct view *view, const struct job *job, int out_fd, struct error *err)
{
	auto_close int log = openat(job->fd, "log", O_RDONLY | O_CLOEXEC);
	auto_close int index = -1;
	const int fds[2] = { log, out_fd };
	char lines[STEP];
	size_t used = 1;
	ssize_t got;

	if (log < 0)
		return error_errno(err, "open '%s/log'", job->dir);
	if (open_index(&index, job, err) < 0)
		return -1;
	while (used > 0 &&
	       (got = pread(index, lines, sizeof(lines), (off_t)view->index_at)) > 0) {
		struct str_view text = { lines, (size_t)got };

		if (copy_lines(&used, view, text, fds, err) < 0)
			return error_wrap(err, "'%s/log.index'", job->dir);
		view->index_at += used;
	}
	return 0;
}
