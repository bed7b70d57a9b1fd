#include "bin/hookroute/values.h"

#include <string.h>

#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/path.h"
#include "lib/str.h"
#include "lib/uuid.h"

enum { PATTERN_MAX = 256 };

int values_number(uint64_t *number, const char *name, const char *text, uint64_t max,
		  struct error *err)
{
	if (str_to_u64(number, text, 1, max, err) < 0)
		return error_set(err, ERROR_USAGE,
				 "%s wants a number of at least 1, not '%s'", name, text);
	return 0;
}

int values_duration(uint64_t *duration_ms, const char *name, const char *text,
		    struct error *err)
{
	if (str_to_duration(duration_ms, text, err) < 0 || *duration_ms == 0)
		return error_set(err, ERROR_USAGE,
				 "%s wants a time as 30d or 12h, not '%s'", name, text);
	return 0;
}

int values_size(uint64_t *bytes, const char *name, const char *text, struct error *err)
{
	if (str_to_size(bytes, text, err) < 0 || *bytes == 0)
		return error_set(err, ERROR_USAGE,
				 "%s wants a size as 500M or 1G, not '%s'", name, text);
	return 0;
}

int values_time(int64_t *unix_ms, const char *name, const char *text, struct error *err)
{
	auto_free char *day = str_format("%sT00:00:00Z", text);
	uint64_t ago_ms = 0;

	if (date_parse(unix_ms, text) || date_parse(unix_ms, day))
		return 0;
	if (str_to_duration(&ago_ms, text, err) < 0 || ago_ms > (uint64_t)date_now_ms())
		return error_set(err, ERROR_USAGE,
				 "%s wants 2d (ago), 2026-11-20 or 2026-11-20T23:45:00Z, "
				 "not '%s'",
				 name, text);
	*unix_ms = date_now_ms() - (int64_t)ago_ms;
	return 0;
}

int values_id(const char **id, const char *name, const char *text, struct error *err)
{
	if (!uuid_is_valid(text))
		return error_set(err, ERROR_USAGE, "%s wants an id, not '%s'", name,
				 text);
	*id = text;
	return 0;
}

int values_word(const char **word, const char *name, const char *text, struct error *err)
{
	if (!path_is_safe_name(text))
		return error_set(err, ERROR_USAGE, "%s wants a name as push, not '%s'",
				 name, text);
	*word = text;
	return 0;
}

int values_pattern(const char **pattern, const char *name, const char *text,
		   struct error *err)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789._-/*?[]!";

	if (!*text || strlen(text) > PATTERN_MAX || text[strspn(text, allowed)])
		return error_set(err, ERROR_USAGE,
				 "%s wants a name as owner/repository, not '%s'", name,
				 text);
	*pattern = text;
	return 0;
}
