#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/hex.h"
#include "lib/http_server.h"
#include "lib/json_plain.h"
#include "lib/json_write.h"
#include "lib/jwt.h"
#include "tests/fake/fake.h"

#define APP_TOKEN_LIFE_S 600

unsigned visit_refuse(struct buf *out, unsigned status, const char *message)
{
	struct json_writer writer = JSON_WRITER(out);

	json_write_object(&writer, NULL);
	json_write_string(&writer, "message", message);
	json_write_string(&writer, "documentation_url", "https://docs.github.com/rest");
	json_write_object_end(&writer);
	return status;
}

static struct str_view bearer(const struct visit *visit)
{
	const char *text = http_header(visit->exchange, "Authorization");

	if (!text || strncasecmp(text, "Bearer ", 7) != 0)
		return (struct str_view){ "", 0 };
	return (struct str_view){ text + 7, strlen(text + 7) };
}

static int check_app(const struct visit *visit, struct error *err)
{
	auto_buf struct buf payload = BUF_EMPTY;
	struct jwt_claims claims = { 0 };

	if (jwt_verify(&payload, &visit->fake->key, bearer(visit), err) < 0)
		return error_set(err, ERROR_DENIED,
				 "A JSON web token could not be decoded");
	if (jwt_read_claims(&claims, (struct str_view){ payload.data, payload.len },
			    err) < 0 ||
	    jwt_check_times(&claims, visit->now_ms / 1000, APP_TOKEN_LIFE_S, err) < 0)
		return -1;
	if (!str_view_equal(claims.issuer, visit->fake->app_id))
		return error_set(err, ERROR_DENIED, "Integration not found");
	return 0;
}

uint64_t visit_asked(const struct visit *visit, const char *name, uint64_t fallback,
		     uint64_t max)
{
	const char *text = http_query(visit->exchange, name);
	uint64_t number = fallback;
	struct error err = { 0 };

	if (text && str_to_u64(&number, text, 1, max, &err) < 0)
		number = fallback;
	return number;
}

char *visit_origin(const struct visit *visit)
{
	const char *host = http_header(visit->exchange, "Host");
	auto_buf struct buf origin = BUF_EMPTY;

	store_read(&origin, visit->fake, "link-origin");
	if (origin.len == 0)
		buf_add_format(&origin, "http://%s", host ? host : "127.0.0.1");
	return buf_take(&origin);
}

void visit_link(const struct visit *visit, const char *path, const char *query)
{
	auto_free char *origin = visit_origin(visit);
	auto_free char *link =
		str_format("<%s%s?first>; rel=\"first\", <%s%s?%s>; rel=\"next\"", origin,
			   path, origin, path, query);

	http_answer_header(visit->exchange, "Link", link);
}

bool visit_is_app(struct visit *visit, struct buf *out)
{
	struct error err = { 0 };

	if (check_app(visit, &err) == 0)
		return true;
	visit->refused = visit_refuse(out, 401, err.message);
	return false;
}

/* Where the test wants a new token to be refused once. */
static bool is_first_use(const struct visit *visit, const char *name)
{
	auto_free char *seen = str_format("seen/%s", name);
	const struct buf nothing = BUF_EMPTY;

	if (!store_has(visit->fake, "slow") || store_has(visit->fake, seen))
		return false;
	store_write(visit->fake, seen, &nothing);
	return true;
}

bool visit_has_token(struct visit *visit, const char *owner, struct buf *out)
{
	struct str_view token = bearer(visit);
	uint8_t digest[CRYPTO_SHA256_LEN];
	char name[7 + 2 * CRYPTO_SHA256_LEN + 1] = "tokens/";
	auto_buf struct buf text = BUF_EMPTY;
	auto_buf struct buf login = BUF_EMPTY;
	auto_free char *installation = NULL;
	uint64_t expires_ms = 0;

	crypto_sha256(digest, token.data, token.len);
	hex_encode(name + 7, digest, sizeof(digest));
	store_read(&text, visit->fake, name);
	if (text.len == 0 ||
	    !json_plain_u64(&visit->installation,
			    (struct str_view){ text.data, text.len }, "installation") ||
	    !json_plain_u64(&expires_ms, (struct str_view){ text.data, text.len },
			    "expires_ms") ||
	    expires_ms <= (uint64_t)visit->now_ms) {
		visit->refused = visit_refuse(out, 401, "Bad credentials");
		return false;
	}
	if (is_first_use(visit, name)) {
		visit->refused = visit_refuse(out, 401, "Bad credentials");
		return false;
	}
	installation = str_format("installations/%" PRIu64, visit->installation);
	store_read(&login, visit->fake, installation);
	if (str_equal_nocase(buf_str(&login), owner))
		return true;
	visit->refused = visit_refuse(out, 404, "Not Found");
	return false;
}
