#include "lib/base64.h"

#include <stdint.h>
#include <string.h>

#include "lib/buf.h"

static const char standard[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void encode(struct buf *out, const uint8_t *bytes, size_t len,
		   const char *alphabet)
{
	size_t i;

	for (i = 0; i < len; i += 3) {
		size_t left = len - i < 3 ? len - i : 3;
		uint32_t group = (uint32_t)bytes[i] << 16;
		char *p = buf_room(out, 4);

		if (left > 1)
			group |= (uint32_t)bytes[i + 1] << 8;
		if (left > 2)
			group |= bytes[i + 2];
		p[0] = alphabet[group >> 18];
		p[1] = alphabet[group >> 12 & 63];
		p[2] = alphabet[group >> 6 & 63];
		p[3] = alphabet[group & 63];
		buf_grew(out, left + 1);
	}
}

void base64_encode(struct buf *out, const void *bytes, size_t len)
{
	encode(out, bytes, len, standard);
	if (len % 3)
		buf_add(out, "==", 3 - len % 3);
}

void base64url_encode(struct buf *out, const void *bytes, size_t len)
{
	encode(out, bytes, len, url);
}

static int char_value(char c, const char *alphabet)
{
	const char *at = c ? strchr(alphabet, c) : NULL;

	return at ? (int)(at - alphabet) : -1;
}

/* text is without padding.  The bits that fill up the last character must be zero. */
static bool decode(struct buf *out, const char *text, size_t len, const char *alphabet)
{
	size_t before = out->len;
	uint32_t bits = 0;
	unsigned count = 0;
	size_t i;

	if (len % 4 == 1)
		return false;
	for (i = 0; i < len; i++) {
		int value = char_value(text[i], alphabet);

		if (value < 0) {
			buf_cut(out, before);
			return false;
		}
		bits = bits << 6 | (uint32_t)value;
		count += 6;
		if (count >= 8) {
			count -= 8;
			buf_add_char(out, (char)(bits >> count & 255));
		}
	}
	if (bits & ((1u << count) - 1)) {
		buf_cut(out, before);
		return false;
	}
	return true;
}

bool base64_decode(struct buf *out, const char *text, size_t len)
{
	size_t padding = 0;

	if (len % 4)
		return false;
	while (padding < 2 && padding < len && text[len - 1 - padding] == '=')
		padding++;
	return decode(out, text, len - padding, standard);
}

bool base64url_decode(struct buf *out, const char *text, size_t len)
{
	return decode(out, text, len, url);
}
