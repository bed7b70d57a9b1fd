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

void terminal_add(struct buf *out, struct str_view text)
{
	const char *end = text.data + text.len;
	const char *at = text.data;

	while (at < end) {
		size_t unsafe = unsafe_len((const unsigned char *)at, (size_t)(end - at));

		if (unsafe) {
			buf_add_char(out, '?');
			at += unsafe;
		} else if (*at == '\\' && at + 1 < end && strchr("\"\\/", at[1])) {
			buf_add_char(out, at[1]);
			at += 2;
		} else {
			buf_add_char(out, *at++);
		}
	}
}

void terminal_add_column(struct buf *out, struct str_view text, size_t width)
{
	size_t start = out->len;

	terminal_add(out, text);
	while (out->len - start < width)
		buf_add_char(out, ' ');
}
