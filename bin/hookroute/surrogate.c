#include "bin/hookroute/surrogate.h"

#include <string.h>

#include "lib/buf.h"
#include "lib/hex.h"

enum { ESCAPE = 6 }; /* \uXXXX */

/* The code unit of the escape at p, 0 when none begins there. */
static unsigned unit_at(const char *p, const char *end)
{
	uint8_t bytes[2];

	if (end - p < ESCAPE || p[0] != '\\' || p[1] != 'u' ||
	    !hex_decode(bytes, 2, p + 2, 4))
		return 0;
	return (unsigned)bytes[0] << 8 | bytes[1];
}

static bool is_high(unsigned unit)
{
	return unit >= 0xd800 && unit < 0xdc00;
}

static bool is_low(unsigned unit)
{
	return unit >= 0xdc00 && unit < 0xe000;
}

bool surrogate_mend(struct buf *out, struct str_view json)
{
	size_t before = out->len;
	const char *end = json.data + json.len;
	const char *p = json.data;
	bool mended = false;

	while (p < end) {
		unsigned unit = unit_at(p, end);
		size_t len = unit ? ESCAPE : *p == '\\' && end - p > 1 ? 2 : 1;

		if (is_high(unit) && is_low(unit_at(p + ESCAPE, end)))
			len = (size_t)2 * ESCAPE;
		if (len == ESCAPE && (is_high(unit) || is_low(unit))) {
			buf_add_str(out, "\\ufffd");
			mended = true;
		} else {
			buf_add(out, p, len);
		}
		p += len;
	}
	if (!mended)
		buf_cut(out, before);
	return mended;
}
