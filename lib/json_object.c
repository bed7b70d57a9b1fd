#include "lib/json_object.h"

#include <stdint.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/json_plain.h"
#include "lib/json_scan.h"

static uint32_t hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return (uint32_t)(c - '0');
	return (uint32_t)((c | 32) - 'a' + 10);
}

/* The four digits at p. */
static uint32_t hex_four(const char *p)
{
	return hex_digit(p[0]) << 12 | hex_digit(p[1]) << 8 | hex_digit(p[2]) << 4 |
	       hex_digit(p[3]);
}

static void add_utf8(struct buf *out, uint32_t point)
{
	if (point < 0x80) {
		buf_add_char(out, (char)point);
		return;
	}
	if (point < 0x800) {
		buf_add_char(out, (char)(0xc0 | point >> 6));
	} else if (point < 0x10000) {
		buf_add_char(out, (char)(0xe0 | point >> 12));
		buf_add_char(out, (char)(0x80 | (point >> 6 & 63)));
	} else {
		buf_add_char(out, (char)(0xf0 | point >> 18));
		buf_add_char(out, (char)(0x80 | (point >> 12 & 63)));
		buf_add_char(out, (char)(0x80 | (point >> 6 & 63)));
	}
	buf_add_char(out, (char)(0x80 | (point & 63)));
}

/* p is behind the "\u", end behind the text; gives how many bytes were taken, 0 for half a pair. */
static size_t take_code(struct buf *out, const char *p, const char *end)
{
	uint32_t point = hex_four(p);
	uint32_t low = 0;

	if (point < 0xd800 || point > 0xdfff) {
		add_utf8(out, point);
		return 4;
	}
	if (point > 0xdbff || end - p < 10 || p[4] != '\\' || p[5] != 'u')
		return 0;
	low = hex_four(p + 6);
	if (low < 0xdc00 || low > 0xdfff)
		return 0;
	add_utf8(out, 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00));
	return 10;
}

static char control_of(char letter)
{
	static const char letters[] = "bfnrt";
	static const char controls[] = "\b\f\n\r\t";
	const char *at = strchr(letters, letter);

	return at ? controls[at - letters] : letter;
}

/* What stands between the quotes; it is known to be JSON. */
static bool add_text(struct buf *out, struct str_view inside)
{
	const char *p = inside.data;
	const char *end = p + inside.len;
	size_t before = out->len;

	while (p < end) {
		size_t taken = 1;

		if (*p != '\\') {
			buf_add_char(out, *p++);
			continue;
		}
		p++;
		if (*p == 'u')
			taken = take_code(out, p + 1, end);
		else
			buf_add_char(out, control_of(*p));
		if (taken == 0) {
			buf_cut(out, before);
			return false;
		}
		p += *p == 'u' ? taken + 1 : 1;
	}
	return true;
}

bool json_object_text(struct buf *out, struct str_view raw)
{
	if (raw.len < 2 || raw.data[0] != '"')
		return false;
	return add_text(out, (struct str_view){ raw.data + 1, raw.len - 2 });
}

/* Is the name as it is written this one? */
static bool says(struct str_view written, struct str_view name)
{
	auto_buf struct buf text = BUF_EMPTY;

	if (!memchr(written.data, '\\', written.len))
		return written.len == name.len &&
		       memcmp(written.data, name.data, name.len) == 0;
	return add_text(&text, written) && text.len == name.len &&
	       memcmp(text.data, name.data, text.len) == 0;
}

bool json_object_find(struct str_view *value, struct str_view object, const char *name)
{
	struct str_view wanted = { name, strlen(name) };
	struct str_view written = { NULL, 0 };
	struct str_view found = { NULL, 0 };

	while (json_scan_next(&written, &found, &object)) {
		if (says(written, wanted)) {
			*value = found;
			return true;
		}
	}
	return false;
}

static const char *problem_of_names(struct str_view object)
{
	struct str_view value = { NULL, 0 };
	struct str_view written = { NULL, 0 };

	for (size_t count = 0; json_scan_next(&written, &value, &object); count++) {
		auto_buf struct buf name = BUF_EMPTY;
		struct str_view rest = object;

		if (count == JSON_OBJECT_MEMBERS)
			return "has too many members";
		if (!add_text(&name, written))
			return "has a name with half a surrogate pair";
		while (json_scan_next(&written, &value, &rest)) {
			if (says(written, (struct str_view){ buf_str(&name), name.len }))
				return "has a name twice";
		}
	}
	return NULL;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool json_object_is_sound(struct str_view text, const char **problem)
{
	size_t start = 0;

	*problem = NULL;
	while (start < text.len && is_space(text.data[start]))
		start++;
	if (text.len == 0 || !json_plain_is_valid(text))
		*problem = "is no JSON";
	else if (text.data[start] != '{')
		*problem = "is no JSON object";
	else
		*problem = problem_of_names(text);
	return !*problem;
}
