#include "bin/hookrecv/member.h"

#include <string.h>

#include "lib/json_plain.h"
#include "lib/json_scan.h"

enum { PATH_MAX_LEN = 64, VALUE_MAX = 255 };

static bool take_value(struct str_view *value, struct str_view object, const char *key)
{
	static const char digits[] = "0123456789";
	struct str_view raw = { NULL, 0 };
	size_t i;

	if (json_plain_string(value, object, key))
		return value->len > 0 && value->len <= VALUE_MAX;
	if (!json_scan_member(&raw, object, key) || raw.len == 0 || raw.len > VALUE_MAX)
		return false;
	for (i = 0; i < raw.len; i++) {
		if (!memchr(digits, raw.data[i], sizeof(digits) - 1))
			return false;
	}
	*value = raw;
	return true;
}

static bool find(struct str_view *value, struct str_view object, const char *path)
{
	while (path) {
		struct str_view part = str_split(&path, '.');
		char key[PATH_MAX_LEN] = "";

		if (part.len >= sizeof(key))
			return false;
		memcpy(key, part.data, part.len);
		if (!path)
			return take_value(value, object, key);
		if (!json_plain_object(&object, object, key))
			return false;
	}
	return false;
}

bool member_first(struct str_view *value, struct str_view payload,
		  const char *const paths[PROVIDER_NAMES])
{
	size_t i;

	for (i = 0; i < PROVIDER_NAMES && paths[i]; i++) {
		if (find(value, payload, paths[i]))
			return true;
	}
	return false;
}
