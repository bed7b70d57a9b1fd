#include "bin/ghstats-serve/cookie.h"

#include <inttypes.h>
#include <string.h>

#include "lib/buf.h"

#define SECURE "__Host-" /* wants Secure, and the path / */

static const char *const names[] = {
	[COOKIE_LOGIN] = SECURE "ghstats-login",
	[COOKIE_SESSION] = SECURE "ghstats-session",
	[COOKIE_REFRESH] = SECURE "ghstats-refresh",
};

const char *cookie_name(enum cookie_kind kind, bool https)
{
	return names[kind] + (https ? 0 : strlen(SECURE));
}

static struct str_view trim(struct str_view text)
{
	while (text.len && strchr(" \t", text.data[0]))
		text = (struct str_view){ text.data + 1, text.len - 1 };
	while (text.len && strchr(" \t", text.data[text.len - 1]))
		text.len--;
	return text;
}

bool cookie_find(struct str_view *value, const char *header, const char *name)
{
	size_t len = strlen(name);
	struct str_view found = { NULL, 0 };

	while (header) {
		struct str_view pair = trim(str_split(&header, ';'));

		if (pair.len <= len || memcmp(pair.data, name, len) != 0 ||
		    pair.data[len] != '=')
			continue;
		if (found.data)
			return false;
		found = (struct str_view){ pair.data + len + 1, pair.len - len - 1 };
	}
	if (found.len == 0)
		return false;
	*value = found;
	return true;
}

void cookie_write(struct buf *out, const char *name, const char *value, int64_t age_s)
{
	buf_add_format(out,
		       "%s=%s; Path=/; Max-Age=%" PRId64 "; HttpOnly; SameSite=Lax%s",
		       name, value, age_s, *name == '_' ? "; Secure" : "");
}
