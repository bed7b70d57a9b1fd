#include "lib/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/buf.h"
#include "lib/error.h"

struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit durations[] = {
	{ "", 1000 },	{ "ms", 1 },	  { "s", 1000 },
	{ "m", 60000 }, { "h", 3600000 }, { "d", 86400000 },
};

static const struct unit sizes[] = {
	{ "", 1 },
	{ "K", 1024 },
	{ "M", 1048576 },
	{ "G", 1073741824 },
};

bool str_equal(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

bool str_equal_nocase(const char *a, const char *b)
{
	return a && b && strcasecmp(a, b) == 0;
}

bool str_starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *text, const char *suffix)
{
	size_t len = strlen(text);
	size_t suffix_len = strlen(suffix);

	return len >= suffix_len && strcmp(text + len - suffix_len, suffix) == 0;
}

bool str_view_equal(struct str_view view, const char *text)
{
	return view.len == strlen(text) && memcmp(view.data, text, view.len) == 0;
}

char *str_dup(const char *text)
{
	struct buf copy = BUF_EMPTY;

	if (!text)
		return NULL;
	buf_add_str(&copy, text);
	return buf_take(&copy);
}

char *str_format(const char *format, ...)
{
	struct buf out = BUF_EMPTY;
	va_list list;
	int len;

	va_start(list, format);
	len = vsnprintf(NULL, 0, format, list);
	va_end(list);
	if (len < 0)
		return buf_take(&out);
	buf_room(&out, (size_t)len);
	va_start(list, format);
	vsnprintf(out.data, (size_t)len + 1, format, list);
	va_end(list);
	out.len = (size_t)len;
	return buf_take(&out);
}

struct str_view str_split(const char **text, char separator)
{
	struct str_view part = { *text, 0 };
	const char *end = strchr(*text, separator);

	if (end) {
		part.len = (size_t)(end - *text);
		*text = end + 1;
	} else {
		part.len = strlen(*text);
		*text = NULL;
	}
	return part;
}

/* Reads leading digits; false when there are none or they overflow. */
static bool leading_digits(uint64_t *number, const char **text)
{
	uint64_t sum = 0;
	const char *p = *text;

	if (*p < '0' || *p > '9')
		return false;
	for (; *p >= '0' && *p <= '9'; p++) {
		if (__builtin_mul_overflow(sum, 10u, &sum) ||
		    __builtin_add_overflow(sum, (uint64_t)(*p - '0'), &sum))
			return false;
	}
	*number = sum;
	*text = p;
	return true;
}

uint64_t str_leading_u64(const char *text)
{
	uint64_t value = 0;

	return leading_digits(&value, &text) ? value : 0;
}

int str_to_u64(uint64_t *number, const char *text, uint64_t min, uint64_t max,
	       struct error *err)
{
	const char *rest = text;
	uint64_t value = 0;

	if (!leading_digits(&value, &rest) || *rest || value < min || value > max)
		return error_set(err, ERROR_DATA, "'%s' is no number from %ju to %ju",
				 text, (uintmax_t)min, (uintmax_t)max);
	*number = value;
	return 0;
}

bool str_to_hundredths(uint64_t *hundredths, struct str_view text)
{
	static const uint64_t most = (UINT64_C(1) << 32) * 100 + 99;
	uint64_t value = 0;
	unsigned places = 0;
	bool is_past = false;
	size_t i;

	for (i = 0; i < text.len; i++) {
		char c = text.data[i];

		if (c == '.' && !is_past && i > 0) {
			is_past = true;
			continue;
		}
		if (c < '0' || c > '9' || value > most || (is_past && ++places > 2))
			return false;
		value = value * 10 + (uint64_t)(c - '0');
	}
	if (text.len == 0 || (is_past && places == 0))
		return false;
	for (; places < 2; places++)
		value *= 10;
	if (value > most)
		return false;
	*hundredths = value;
	return true;
}

static bool with_unit(uint64_t *number, const char *text, const struct unit *units,
		      size_t count)
{
	uint64_t value = 0;
	size_t i;

	if (!leading_digits(&value, &text))
		return false;
	for (i = 0; i < count; i++) {
		if (str_equal(text, units[i].name))
			return !__builtin_mul_overflow(value, units[i].factor, number);
	}
	return false;
}

int str_to_duration(uint64_t *duration_ms, const char *text, struct error *err)
{
	uint64_t value = 0;

	if (!with_unit(&value, text, durations, sizeof(durations) / sizeof(durations[0])))
		return error_set(err, ERROR_DATA,
				 "'%s' is no duration like 500ms, 90s, 10m, 2h or 7d",
				 text);
	*duration_ms = value;
	return 0;
}

int str_to_size(uint64_t *bytes, const char *text, struct error *err)
{
	uint64_t value = 0;

	if (!with_unit(&value, text, sizes, sizeof(sizes) / sizeof(sizes[0])))
		return error_set(err, ERROR_DATA, "'%s' is no size like 512K, 25M or 2G",
				 text);
	*bytes = value;
	return 0;
}

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool str_is_identifier(const char *text)
{
	size_t len;

	for (len = 0; text[len]; len++) {
		if (!is_alnum(text[len]) && text[len] != '-')
			return false;
	}
	return len >= 3 && len <= 32;
}

static bool is_name_part(struct str_view part)
{
	size_t i;

	for (i = 0; i < part.len; i++) {
		if (!is_alnum(part.data[i]) && !strchr("._-", part.data[i]))
			return false;
	}
	return part.len > 0 && !str_view_equal(part, ".") && !str_view_equal(part, "..");
}

bool str_is_name(const char *text)
{
	size_t parts = 0;

	if (strlen(text) > 140)
		return false;
	while (text) {
		if (++parts > 2 || !is_name_part(str_split(&text, '/')))
			return false;
	}
	return true;
}
