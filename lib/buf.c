#include "lib/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { FORMAT_GUESS = 48 }; /* most of what is formatted is no longer */

static void out_of_memory(void)
{
	static const char text[] = "out of memory\n";

	(void)!write(STDERR_FILENO, text, sizeof(text) - 1);
	_exit(EX_OSERR);
}

/* Room for len bytes and the NUL behind them. */
static void grow(struct buf *buf, size_t len)
{
	size_t need;
	size_t cap = buf->cap ? buf->cap : 64;
	char *data;

	if (__builtin_add_overflow(buf->len, len, &need) || need > SIZE_MAX / 4)
		out_of_memory();
	if (need < buf->cap)
		return;
	while (cap <= need)
		cap *= 2;
	data = realloc(buf->data, cap);
	if (!data)
		out_of_memory();
	buf->data = data;
	buf->cap = cap;
}

char *buf_room(struct buf *buf, size_t len)
{
	grow(buf, len);
	return buf->data + buf->len;
}

void buf_grew(struct buf *buf, size_t len)
{
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void buf_add(struct buf *buf, const void *bytes, size_t len)
{
	if (len == 0)
		return;
	memcpy(buf_room(buf, len), bytes, len);
	buf_grew(buf, len);
}

void buf_add_char(struct buf *buf, char c)
{
	buf_add(buf, &c, 1);
}

void buf_add_str(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void buf_add_format(struct buf *buf, const char *format, ...)
{
	va_list list;
	int len;

	grow(buf, FORMAT_GUESS);
	va_start(list, format);
	len = vsnprintf(buf->data + buf->len, FORMAT_GUESS + 1, format, list);
	va_end(list);
	if (len <= 0)
		return;
	if (len > FORMAT_GUESS) {
		grow(buf, (size_t)len);
		va_start(list, format);
		vsnprintf(buf->data + buf->len, (size_t)len + 1, format, list);
		va_end(list);
	}
	buf->len += (size_t)len;
}

const char *buf_str(const struct buf *buf)
{
	return buf->data && buf->len ? buf->data : "";
}

void buf_skip(struct buf *buf, size_t len)
{
	if (len == 0)
		return;
	memmove(buf->data, buf->data + len, buf->len - len);
	buf->len -= len;
	buf->data[buf->len] = '\0';
}

void buf_cut(struct buf *buf, size_t len)
{
	if (len >= buf->len)
		return;
	buf->len = len;
	buf->data[len] = '\0';
}

void buf_clear(struct buf *buf)
{
	buf_cut(buf, 0);
}

char *buf_take(struct buf *buf)
{
	char *data;

	grow(buf, 0);
	data = buf->data;
	data[buf->len] = '\0';
	*buf = (struct buf)BUF_EMPTY;
	return data;
}

void buf_free(struct buf *buf)
{
	free(buf->data);
	*buf = (struct buf)BUF_EMPTY;
}

void buf_wipe(struct buf *buf)
{
	if (buf->data)
		explicit_bzero(buf->data, buf->cap);
	buf_free(buf);
}
