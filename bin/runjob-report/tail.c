#include "bin/runjob-report/tail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"

#define REPLACEMENT "\xef\xbf\xbd"

static const struct utf8_row {
	uint8_t low, high;  /* of the first byte */
	uint8_t second_low; /* of the second: no overlong forms, no surrogates */
	uint8_t second_high;
	uint8_t len;
} utf8_rows[] = {
	{ 0x00, 0x7f, 0, 0, 1 },       { 0xc2, 0xdf, 0x80, 0xbf, 2 },
	{ 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
	{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
	{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
	{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

static const struct utf8_row *find_row(uint8_t first)
{
	for (size_t i = 0; i < sizeof utf8_rows / sizeof utf8_rows[0]; i++)
		if (first >= utf8_rows[i].low && first <= utf8_rows[i].high)
			return &utf8_rows[i];
	return NULL;
}

/* How many bytes the character at bytes has; 0 when it is none. */
static size_t character_len(const uint8_t *bytes, size_t len)
{
	const struct utf8_row *row = find_row(bytes[0]);

	if (!row || row->len > len)
		return 0;
	if (row->len > 1 && (bytes[1] < row->second_low || bytes[1] > row->second_high))
		return 0;
	for (size_t i = 2; i < row->len; i++)
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
	return row->len;
}

/* How many bytes to leave out: "ESC [ 31 m", or one control character. */
static size_t control_len(const uint8_t *bytes, size_t len)
{
	size_t at = 2;

	if (bytes[0] == '\n' || bytes[0] == '\t' ||
	    (bytes[0] >= 0x20 && bytes[0] != 0x7f))
		return 0;
	if (bytes[0] != 0x1b || len < 3 || bytes[1] != '[')
		return 1;
	while (at < len && bytes[at] >= 0x20 && bytes[at] <= 0x3f)
		at++;
	return at < len ? at + 1 : len;
}

static void clean(struct buf *text, const struct buf *raw)
{
	const uint8_t *bytes = (const uint8_t *)buf_str(raw);
	size_t at = 0;

	while (at < raw->len) {
		size_t control = control_len(bytes + at, raw->len - at);
		size_t len = character_len(bytes + at, raw->len - at);

		if (control > 0) {
			at += control;
			continue;
		}
		if (len > 0)
			buf_add(text, bytes + at, len);
		else
			buf_add_str(text, REPLACEMENT);
		at += len > 0 ? len : 1;
	}
}

/* Whole lines where possible; never half a character. */
static void cut_front(struct buf *text, size_t limit)
{
	size_t from = text->len - limit;
	const char *line = memchr(text->data + from, '\n', limit);

	if (line && line + 1 < text->data + text->len)
		from = (size_t)(line - text->data) + 1;
	while (from < text->len && ((uint8_t)text->data[from] & 0xc0) == 0x80)
		from++;
	buf_skip(text, from);
}

int tail_read(struct buf *text, const char *path, size_t limit, struct error *err)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	auto_buf struct buf raw = BUF_EMPTY;
	auto_buf struct buf cleaned = BUF_EMPTY;
	struct stat status = { 0 };
	bool is_cut = false;

	if (fd < 0 && (errno == ENOENT ||
		       errno == ELOOP)) /* gone, or a link that is none of ours */
		return 0;
	if (fd < 0 || fstat(fd, &status) < 0)
		return error_errno(err, "open log '%s'", path);
	is_cut = status.st_size > (off_t)limit;
	if (is_cut && lseek(fd, status.st_size - (off_t)limit, SEEK_SET) < 0)
		return error_errno(err, "seek in log '%s'", path);
	/* It may grow yet: twice the limit is taken, and its end counts. */
	if (file_read_fd(&raw, fd, 2 * limit, err) < 0)
		return error_wrap(err, "log '%s'", path);
	clean(&cleaned, &raw);
	if (cleaned.len > limit || (is_cut && cleaned.len > 0))
		cut_front(&cleaned, cleaned.len > limit ? limit : cleaned.len);
	buf_add(text, buf_str(&cleaned), cleaned.len);
	return 0;
}
