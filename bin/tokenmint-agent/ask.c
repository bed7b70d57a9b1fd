#include "bin/tokenmint-agent/ask.h"

#include <string.h>

#include "lib/error.h"
#include "lib/json_plain.h"
#include "lib/json_scan.h"

#define MIN_TTL_S ((uint64_t)25 * 60)
#define MIN_TTL_LIMIT_S ((uint64_t)55 * 60)
#define NAME_LEN 140
#define HASH_LEN 44 /* SHA-256 in base 64 */

static const char *const levels[] = { NULL, "read", "write", "admin" };

bool ask_level_read(enum ask_level *level, struct str_view text)
{
	for (int i = ASK_READ; i <= ASK_ADMIN; i++)
		if (str_view_equal(text, levels[i])) {
			*level = (enum ask_level)i;
			return true;
		}
	return false;
}

const char *ask_level_name(enum ask_level level)
{
	return levels[level];
}

static bool consists_of(struct str_view text, const char *bytes)
{
	for (size_t i = 0; i < text.len; i++)
		if (!text.data[i] || !strchr(bytes, text.data[i]))
			return false;
	return text.len > 0 && text.len <= NAME_LEN;
}

bool ask_is_permission(struct str_view name)
{
	return consists_of(name, "abcdefghijklmnopqrstuvwxyz_");
}

bool ask_is_part(struct str_view name)
{
	return consists_of(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				 "0123456789._-") &&
	       name.data[0] != '-' && name.data[0] != '.';
}

static bool is_name(struct str_view name)
{
	const char *slash = memchr(name.data, '/', name.len);
	size_t owner_len = slash ? (size_t)(slash - name.data) : name.len;

	if (!ask_is_part((struct str_view){ name.data, owner_len }))
		return false;
	return !slash ||
	       ask_is_part((struct str_view){ slash + 1, name.len - owner_len - 1 });
}

static bool is_hash(struct str_view hash)
{
	return hash.len == HASH_LEN &&
	       consists_of(hash, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				 "0123456789+/=");
}

/* A string without escapes; its view is without the quotes. */
static bool take_string(struct str_view *text, struct str_view raw)
{
	if (raw.len < 2 || raw.data[0] != '"' || memchr(raw.data, '\\', raw.len))
		return false;
	*text = (struct str_view){ raw.data + 1, raw.len - 2 };
	return true;
}

static bool take_repositories(struct ask *ask, struct str_view line)
{
	struct str_view rest = { NULL, 0 };
	struct str_view raw = { NULL, 0 };

	if (!json_scan_member(&rest, line, "repositories"))
		return true;
	if (rest.data[0] != '[')
		return false;
	while (json_scan_element(&raw, &rest)) {
		struct str_view name = { NULL, 0 };

		if (ask->repository_count == ASK_SCOPE || !take_string(&name, raw) ||
		    !ask_is_part(name))
			return false;
		ask->repositories[ask->repository_count++] = name;
	}
	return true;
}

static bool take_permissions(struct ask *ask, struct str_view line)
{
	struct str_view rest = { NULL, 0 };
	struct ask_permission permission = { { NULL, 0 }, ASK_READ };
	struct str_view raw = { NULL, 0 };

	if (!json_scan_member(&rest, line, "permissions"))
		return true;
	if (rest.data[0] != '{')
		return false;
	while (json_scan_next(&permission.name, &raw, &rest)) {
		struct str_view level = { NULL, 0 };

		if (ask->permission_count == ASK_SCOPE ||
		    !ask_is_permission(permission.name) || !take_string(&level, raw) ||
		    !ask_level_read(&permission.level, level))
			return false;
		ask->permissions[ask->permission_count++] = permission;
	}
	return true;
}

static bool take_verb(struct ask *ask, struct str_view line)
{
	struct str_view raw = { NULL, 0 };

	ask->verb = ASK_GET;
	if (!json_scan_member(&raw, line, "get")) {
		ask->verb = ASK_REJECT;
		if (!json_scan_member(&raw, line, "reject"))
			return false;
	}
	return take_string(&ask->name, raw) && (ask->name.len == 0 || is_name(ask->name));
}

int ask_read(struct ask *ask, struct str_view line, struct error *err)
{
	struct ask read = { .min_ttl_s = MIN_TTL_S };
	struct str_view raw = { NULL, 0 };

	if (!json_plain_is_valid(line))
		return error_set(err, ERROR_DATA, "the request is no JSON");
	if (!take_verb(&read, line))
		return error_set(err, ERROR_DATA,
				 "want {\"get\":\"OWNER/REPO\"} or {\"reject\":...}");
	if (json_scan_member(&raw, line, "app") &&
	    (!take_string(&read.app, raw) || !ask_is_part(read.app)))
		return error_set(err, ERROR_DATA, "'app' is no name of an App");
	if (json_scan_member(&raw, line, "refused") &&
	    (!take_string(&read.refused, raw) || !is_hash(read.refused)))
		return error_set(err, ERROR_DATA,
				 "'refused' is no SHA-256 in base 64 of a token");
	if (read.verb == ASK_REJECT && read.refused.len == 0)
		return error_set(err, ERROR_DATA, "'reject' wants 'refused'");
	if (!take_repositories(&read, line))
		return error_set(err, ERROR_DATA,
				 "'repositories' wants up to %d names without owner",
				 ASK_SCOPE);
	if (!take_permissions(&read, line))
		return error_set(err, ERROR_DATA,
				 "'permissions' wants read, write or admin for each");
	if (json_scan_member(&raw, line, "min_ttl_s") &&
	    (!json_plain_u64(&read.min_ttl_s, line, "min_ttl_s") ||
	     read.min_ttl_s > MIN_TTL_LIMIT_S))
		return error_set(err, ERROR_DATA,
				 "'min_ttl_s' wants seconds up to 3300: tokens live an "
				 "hour");
	*ask = read;
	return 0;
}
