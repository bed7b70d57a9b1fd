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
#include "tests/fake/objects.h"

#define TOKEN_LIFE_S 3600
#define TOKEN_RANDOM 390 /* 527 characters in all: GitHub's have about 520 since 2026 */

unsigned app_show(struct visit *visit, struct buf *out)
{
	auto_buf struct buf permissions = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(out);

	if (!visit_is_app(visit, out))
		return visit->refused;
	json_write_object(&writer, NULL);
	json_write_u64(&writer, "id", strtoull(visit->fake->app_id, NULL, 10));
	json_write_string(&writer, "slug", "fake");
	json_write_string(&writer, "node_id", "A_kwDOFAKE");
	json_write_string(&writer, "client_id", "Iv23liFAKE");
	object_write_account(&writer, "owner", "maker");
	json_write_string(&writer, "name", "Fake");
	json_write_string(&writer, "description", NULL);
	object_write_url(&writer, "external_url", visit, "/");
	object_write_url(&writer, "html_url", visit, "/apps/fake");
	json_write_string(&writer, "created_at", OBJECT_DATE);
	json_write_string(&writer, "updated_at", OBJECT_DATE);
	store_read(&permissions, visit->fake, "app-permissions");
	if (permissions.len > 0)
		json_write_raw(&writer, "permissions", permissions.data, permissions.len);
	else
		object_write_permissions(&writer);
	json_write_array(&writer, "events");
	json_write_array_end(&writer);
	json_write_u64(&writer, "installations_count",
		       store_count(visit->fake, "installations"));
	json_write_object_end(&writer);
	return 200;
}

/* The classic form where the test wants it: "ghs_" and 36 letters or digits; or so many characters. */
static void make_token(struct buf *token, const struct fake *fake)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789AB";
	uint8_t random[TOKEN_RANDOM];
	int64_t len = store_number(fake, "token-length", 0);

	crypto_random(random, sizeof(random));
	if (len > 0) {
		buf_add_str(token, "ghs_");
		for (int64_t i = 4; i < len; i++)
			buf_add_char(token, letters[random[i % TOKEN_RANDOM] %
						    (sizeof(letters) - 1)]);
		return;
	}
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
	object_write_permissions(&writer);
	json_write_string(&writer, "repository_selection", "all");
	json_write_object_end(&writer);
	return 201;
}
