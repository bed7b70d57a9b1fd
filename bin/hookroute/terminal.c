#include "bin/hookroute/terminal.h"

#include <string.h>

#include "lib/buf.h"

/* DEL, C1 (U+0080 to U+009F) and the marks of direction (U+200E to U+202E, U+2066 to
 * U+2069): how many bytes are such a character. */
static size_t unsafe_len(const unsigned char *at, size_t len)
{
	if (at[0] < 0x20 || at[0] == 0x7f)
		return 1;
	if (len >= 2 && at[0] == 0xc2 && at[1] < 0xa0)
		return 2;
	if (len >= 3 && at[0] == 0xe2 && at[1] == 0x80 && at[2] >= 0x8e &&
	    at[2] <= 0xae && (at[2] <= 0x8f || at[2] >= 0xa8))
		return 3;
	if (len >= 3 && at[0] == 0xe2 && at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9)
		return 3;
	return 0;
}

/* Append what stands at the front of text, made harmless; gives how much that is. */
static size_t add_one(struct buf *out, const char *at, size_t len)
{
	size_t unsafe = unsafe_len((const unsigned char *)at, len);

	buf_add_char(out, unsafe ? '?' : *at);
	return unsafe ? unsafe : 1;
}

void terminal_add_raw(struct buf *out, struct str_view json)
{
	size_t i = 0;

	while (i < json.len)
		i += add_one(out, json.data + i, json.len - i);
}

void terminal_add(struct buf *out, struct str_view text)
{
	size_t i = 0;

	while (i < text.len) {
		/* Escapes of what is harmless are read, the others stay. */
		if (text.data[i] == '\\' && i + 1 < text.len &&
		    strchr("\"\\/", text.data[i + 1]))
			i++;
		i += add_one(out, text.data + i, text.len - i);
	}
}

void terminal_add_column(struct buf *out, struct str_view text, size_t width)
{
	size_t start = out->len;

	terminal_add(out, text);
	while (out->len - start < width)
		buf_add_char(out, ' ');
}
