#include "lib/json_scan.h"

#include <string.h>

/* The text is known to be JSON: only strings and brackets count. */

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static const char *skip_spaces(const char *p, const char *end)
{
	while (p < end && is_space(*p))
		p++;
	return p;
}

/* p is behind the opening quote; gives the closing one, which an even number of
 * backslashes precedes. */
static const char *string_end(const char *p, const char *end)
{
	const char *quote;

	while ((quote = memchr(p, '"', (size_t)(end - p)))) {
		const char *at = quote;

		while (at > p && at[-1] == '\\')
			at--;
		if ((quote - at) % 2 == 0)
			return quote;
		p = quote + 1;
	}
	return end;
}

/* Where the value that begins at p ends: at a ',' or a bracket of the group around it. */
static const char *value_end(const char *p, const char *end)
{
	unsigned depth = 0;

	for (; p < end; p++) {
		if (*p == '"')
			p = string_end(p + 1, end);
		else if (*p == '{' || *p == '[')
			depth++;
		else if (depth == 0 && (*p == ',' || *p == '}' || *p == ']'))
			return p;
		else if (*p == '}' || *p == ']')
			depth--;
	}
	return end;
}

/* Takes `"name" : value` at *p and moves behind it; false at the end of the object. */
static bool take_member(struct str_view *name, struct str_view *value, const char **p,
			const char *end)
{
	const char *at = skip_spaces(*p, end);
	const char *stop;

	if (at >= end || *at != '"')
		return false;
	stop = string_end(at + 1, end);
	*name = (struct str_view){ at + 1, (size_t)(stop - at - 1) };
	at = skip_spaces(stop < end ? stop + 1 : end, end);
	if (at >= end || *at != ':')
		return false;
	at = skip_spaces(at + 1, end);
	stop = value_end(at, end);
	*p = stop < end ? stop + 1 : end;
	while (stop > at && is_space(stop[-1]))
		stop--;
	*value = (struct str_view){ at, (size_t)(stop - at) };
	return true;
}

/* What is left of an object begins with a name: only a whole one has its bracket. */
bool json_scan_next(struct str_view *name, struct str_view *value, struct str_view *rest)
{
	const char *end = rest->data + rest->len;
	const char *p = skip_spaces(rest->data, end);

	if (p < end && *p == '{')
		p++;
	if (!take_member(name, value, &p, end))
		return false;
	*rest = (struct str_view){ p, (size_t)(end - p) };
	return true;
}

bool json_scan_element(struct str_view *value, struct str_view *rest)
{
	const char *end = rest->data + rest->len;
	const char *p = skip_spaces(rest->data, end);
	const char *stop;

	if (rest->len == 0 || (*rest->data != '[' && *rest->data != ','))
		return false;
	p = skip_spaces(p + 1, end);
	if (p >= end || *p == ']')
		return false;
	stop = value_end(p, end);
	*rest = (struct str_view){ stop, (size_t)(end - stop) };
	while (stop > p && is_space(stop[-1]))
		stop--;
	*value = (struct str_view){ p, (size_t)(stop - p) };
	return true;
}

bool json_scan_member(struct str_view *value, struct str_view text, const char *key)
{
	const char *end = text.data + text.len;
	const char *p = skip_spaces(text.data, end);
	struct str_view name = { NULL, 0 };
	struct str_view found = { NULL, 0 };
	bool any = false;

	if (p >= end || *p != '{')
		return false;
	p++;
	while (take_member(&name, &found, &p, end)) {
		if (str_view_equal(name, key)) {
			*value = found;
			any = true;
		}
	}
	return any;
}
