#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base64.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/hex.h"
#include "lib/json_plain.h"
#include "lib/json_write.h"
#include "lib/path.h"
#include "tests/fake/fake.h"

#define TOKEN_LIFE_S 3600
#define TOKEN_RANDOM 390 /* 527 characters in all: GitHub's have about 520 since 2026 */

static void write_installation(struct json_writer *writer, const struct fake *fake,
			       const char *id, const char *owner)
{
	auto_free char *suspended = str_format("suspended/%s", id);

	json_write_object(writer, NULL);
	json_write_u64(writer, "id", strtoull(id, NULL, 10));
	json_write_object(writer, "account");
	json_write_string(writer, "login", owner);
	json_write_string(writer, "type", "Organization");
	json_write_object_end(writer);
	json_write_u64(writer, "app_id", strtoull(fake->app_id, NULL, 10));
	json_write_string(writer, "repository_selection", "all");
	json_write_string(writer, "suspended_at",
			  store_has(fake, suspended) ? "2026-01-01T00:00:00Z" : NULL);
	json_write_object_end(writer);
}

/* Of the owner, or of all when owner is NULL; gives how many. */
static unsigned write_matching(struct json_writer *writer, const struct fake *fake,
			       const char *owner)
{
	auto_free char *path = path_join(fake->dir, "installations");
	auto_closedir DIR *dir = opendir(path);
	const struct dirent *entry = NULL;
	unsigned count = 0;

	while (dir && (entry = readdir(dir))) {
		auto_free char *name = str_format("installations/%s", entry->d_name);
		auto_buf struct buf login = BUF_EMPTY;

		if (entry->d_name[0] == '.')
			continue;
		store_read(&login, fake, name);
		if (owner && !str_equal_nocase(buf_str(&login), owner))
			continue;
		write_installation(writer, fake, entry->d_name, buf_str(&login));
		count++;
	}
	return count;
}

unsigned app_show(struct visit *visit, struct buf *out)
{
	struct json_writer writer = JSON_WRITER(out);

	if (!visit_is_app(visit, out))
		return visit->refused;
	json_write_object(&writer, NULL);
	json_write_u64(&writer, "id", strtoull(visit->fake->app_id, NULL, 10));
	json_write_string(&writer, "slug", "fake");
	json_write_u64(&writer, "installations_count",
		       store_count(visit->fake, "installations"));
	json_write_object_end(&writer);
	return 200;
}

unsigned app_list(struct visit *visit, struct buf *out)
{
	struct json_writer writer = JSON_WRITER(out);

	if (!visit_is_app(visit, out))
		return visit->refused;
	json_write_array(&writer, NULL);
	(void)write_matching(&writer, visit->fake, NULL);
	json_write_array_end(&writer);
	return 200;
}

unsigned app_find_owner(struct visit *visit, struct buf *out)
{
	struct json_writer writer = JSON_WRITER(out);

	if (!visit_is_app(visit, out))
		return visit->refused;
	if (write_matching(&writer, visit->fake, visit->parts[0]) > 0)
		return 200;
	return visit_refuse(out, 404, "Not Found");
}

unsigned app_find_repository(struct visit *visit, struct buf *out)
{
	return app_find_owner(visit, out);
}

static void make_token(struct buf *token, const struct fake *fake)
{
	uint8_t random[TOKEN_RANDOM];

	crypto_random(random, sizeof(random));
	buf_add_format(token, "ghs_%s_", fake->app_id);
	base64url_encode(token, random, 60);
	buf_add_char(token, '.');
	base64url_encode(token, random + 60, sizeof(random) - 60);
}

static void keep_token(const struct visit *visit, const struct buf *token,
		       int64_t expires_ms)
{
	uint8_t digest[CRYPTO_SHA256_LEN];
	char name[7 + 2 * CRYPTO_SHA256_LEN + 1] = "tokens/";
	auto_buf struct buf text = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&text);

	crypto_sha256(digest, token->data, token->len);
	hex_encode(name + 7, digest, sizeof(digest));
	json_write_object(&writer, NULL);
	json_write_u64(&writer, "installation", strtoull(visit->parts[0], NULL, 10));
	json_write_i64(&writer, "expires_ms", expires_ms);
	json_write_raw(&writer, "asked", visit->body.len ? visit->body.data : "null",
		       visit->body.len ? visit->body.len : 4);
	json_write_object_end(&writer);
	store_write(visit->fake, name, &text);
}

unsigned app_mint(struct visit *visit, struct buf *out)
{
	struct json_writer writer = JSON_WRITER(out);
	auto_free char *installation = str_format("installations/%s", visit->parts[0]);
	auto_free char *suspended = str_format("suspended/%s", visit->parts[0]);
	auto_buf struct buf token = BUF_EMPTY;
	int64_t life_s = store_number(visit->fake, "ttl", TOKEN_LIFE_S);
	int64_t expires_ms = (visit->now_ms / 1000 + life_s) * 1000;
	char date[DATE_LEN];

	if (!visit_is_app(visit, out))
		return visit->refused;
	if (!path_is_safe_name(visit->parts[0]) || !store_has(visit->fake, installation))
		return visit_refuse(out, 404, "Not Found");
	if (store_has(visit->fake, suspended))
		return visit_refuse(out, 403, "This installation has been suspended");
	if (visit->body.len > 0 &&
	    !json_plain_is_valid((struct str_view){ visit->body.data, visit->body.len }))
		return visit_refuse(out, 400, "Problems parsing JSON");
	make_token(&token, visit->fake);
	keep_token(visit, &token, expires_ms);
	date_format(date, expires_ms);
	memcpy(date + 19, "Z", 2); /* GitHub's dates have no milliseconds */
	json_write_object(&writer, NULL);
	json_write_string(&writer, "token", buf_str(&token));
	json_write_string(&writer, "expires_at", date);
	json_write_raw(&writer, "permissions",
		       "{\"checks\":\"write\",\"contents\":\"read\"}", 36);
	json_write_string(&writer, "repository_selection", "all");
	json_write_object_end(&writer);
	return 201;
}
