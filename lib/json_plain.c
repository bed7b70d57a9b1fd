#include "lib/json_plain.h"

#include <string.h>

#include "lib/buf.h"
#include "lib/error.h"
#include "lib/json_scan.h"

#define DIGITS_MAX 16
#define NUMBER_MAX ((uint64_t)1 << 53)

/* The scanner puts spaces in place of line breaks: it gets a copy. */
bool json_plain_is_valid(struct str_view text)
{
	auto_secret struct buf copy = BUF_EMPTY;
	struct json_scan scan = { 0 };

	buf_add(&copy, text.data, text.len);
	json_scan_start(&scan);
	return json_scan_feed(&scan, copy.data, copy.len) && json_scan_finish(&scan);
}

bool json_plain_string(struct str_view *string, struct str_view object, const char *key)
{
	struct str_view raw = { NULL, 0 };

	if (!json_scan_member(&raw, object, key))
		return false;
	if (raw.len < 2 || raw.data[0] != '"' || memchr(raw.data, '\\', raw.len) ||
	    memchr(raw.data, 0x7f, raw.len))
		return false;
	*string = (struct str_view){ raw.data + 1, raw.len - 2 };
	return true;
}

bool json_plain_u64(uint64_t *number, struct str_view object, const char *key)
{
	struct str_view raw = { NULL, 0 };
	char digits[DIGITS_MAX + 1] = "";
	struct error err = { 0 };

	if (!json_scan_member(&raw, object, key) || raw.len > DIGITS_MAX)
		return false;
	memcpy(digits, raw.data, raw.len);
	return str_to_u64(number, digits, 0, NUMBER_MAX, &err) == 0;
}

bool json_plain_object(struct str_view *member, struct str_view object, const char *key)
{
	struct str_view raw = { NULL, 0 };

	if (!json_scan_member(&raw, object, key) || raw.len < 2 || raw.data[0] != '{')
		return false;
	*member = raw;
	return true;
}
