#include "lib/jwt.h"

#include <string.h>

#include "lib/buf.h"
#include "lib/crypto.h"
#include "lib/crypto_sign.h"
#include "lib/error.h"
#include "lib/json_object.h"
#include "lib/json_plain.h"
#include "lib/json_scan.h"
#include "lib/json_write.h"
#include "lib/jwk.h"
#include "lib/jws.h"

#define NUMBER_DIGITS 16
#define NUMBER_MAX ((uint64_t)1 << 53)

int jwt_sign(struct buf *token, const struct crypto_private_key *key,
	     struct str_view payload, struct error *err)
{
	struct jwk borrowed = { .kind = JWK_RSA, .may_sign = true, .private = *key };
	struct jws_signer signer = { &borrowed, CRYPTO_RS256, "JWT" };

	return jws_sign(token, &signer, payload, err);
}

void jwt_app_claims(struct buf *payload, const char *issuer, int64_t now_s)
{
	struct json_writer writer = JSON_WRITER(payload);

	json_write_object(&writer, NULL);
	json_write_i64(&writer, "iat", now_s - 60);
	json_write_i64(&writer, "exp", now_s + 540);
	json_write_string(&writer, "iss", issuer);
	json_write_object_end(&writer);
}

int jwt_sign_app(struct buf *token, const struct crypto_private_key *key,
		 const char *issuer, int64_t now_s, struct error *err)
{
	auto_buf struct buf payload = BUF_EMPTY;

	jwt_app_claims(&payload, issuer, now_s);
	return jwt_sign(token, key, (struct str_view){ payload.data, payload.len }, err);
}

/* jws_verify has read it; an honest App writes nothing unusual. */
static bool is_good_header(const struct buf *text)
{
	struct str_view value = { NULL, 0 };

	if (memchr(text->data, '\\', text->len))
		return false;
	return !json_scan_member(&value, (struct str_view){ text->data, text->len },
				 "typ") ||
	       str_view_equal(value, "\"JWT\"");
}

int jwt_verify(struct buf *payload, const struct crypto_public_key *key,
	       struct str_view token, struct error *err)
{
	auto_jws_parts struct jws_parts parts = JWS_PARTS_EMPTY;
	struct jwk borrowed = { .kind = JWK_RSA, .may_verify = true, .public = *key };
	struct jws_policy policy = { JWS_ALGORITHM(CRYPTO_RS256), &borrowed, 1, true };

	if (token.len > JWT_LIMIT)
		return error_set(err, ERROR_DENIED, "the token has more than %d bytes",
				 JWT_LIMIT);
	if (jws_verify(&parts, &policy, token, err) < 0)
		return -1;
	if (!is_good_header(&parts.header))
		return error_set(err, ERROR_DENIED,
				 "the token's header is not that of an App");
	buf_add(payload, parts.payload.data, parts.payload.len);
	return 0;
}

int jwt_read_claims(struct jwt_claims *claims, struct str_view payload, struct error *err)
{
	struct jwt_claims read = { { NULL, 0 }, 0, 0 };
	uint64_t issued_s = 0;
	uint64_t expires_s = 0;

	if (!json_plain_is_valid(payload))
		return error_set(err, ERROR_DENIED, "the token's payload is no JSON");
	if (!json_plain_string(&read.issuer, payload, "iss"))
		return error_set(err, ERROR_DENIED,
				 "'Issuer' claim ('iss') must be a string");
	if (!json_plain_u64(&issued_s, payload, "iat"))
		return error_set(
			err, ERROR_DENIED,
			"'Issued at' claim ('iat') must be an Integer representing the "
			"time that the assertion was issued");
	if (!json_plain_u64(&expires_s, payload, "exp"))
		return error_set(
			err, ERROR_DENIED,
			"'Expiration time' claim ('exp') must be a numeric value "
			"representing the future time at which the assertion expires");
	read.issued_s = (int64_t)issued_s;
	read.expires_s = (int64_t)expires_s;
	*claims = read;
	return 0;
}

int jwt_check_times(const struct jwt_claims *claims, int64_t now_s, int64_t limit_s,
		    struct error *err)
{
	if (claims->issued_s > now_s)
		return error_set(err, ERROR_DENIED,
				 "'Issued at' claim ('iat') must not be in the future");
	if (claims->expires_s <= now_s)
		return error_set(err, ERROR_DENIED,
				 "'Expiration time' claim ('exp') is in the past");
	if (claims->expires_s > now_s + limit_s)
		return error_set(
			err, ERROR_DENIED,
			"'Expiration time' claim ('exp') is too far in the future");
	return 0;
}

/* A claim that is a time: digits, and a fraction that does not count. */
static int read_time(int64_t *time_s, bool *found, struct str_view payload,
		     const char *claim, struct error *err)
{
	struct str_view raw = { NULL, 0 };
	struct error ignored = { 0 };
	char digits[NUMBER_DIGITS + 1] = "";
	uint64_t number = 0;
	size_t whole = 0;
	size_t len = 0;

	*found = json_object_find(&raw, payload, claim);
	if (!*found)
		return 0;
	while (whole < raw.len && raw.data[whole] >= '0' && raw.data[whole] <= '9')
		whole++;
	len = whole;
	if (len < raw.len && raw.data[len] == '.')
		for (len++;
		     len < raw.len && raw.data[len] >= '0' && raw.data[len] <= '9';)
			len++;
	if (len == raw.len && whole <= NUMBER_DIGITS)
		memcpy(digits, raw.data, whole);
	if (str_to_u64(&number, digits, 0, NUMBER_MAX, &ignored) < 0)
		return error_set(err, ERROR_DENIED,
				 "the claim '%s' is no time in seconds", claim);
	*time_s = (int64_t)number;
	return 0;
}

static int check_expiry(const struct jwt_expected *expected, struct str_view payload,
			struct error *err)
{
	int64_t expires_s = 0;
	bool found = false;

	if (read_time(&expires_s, &found, payload, "exp", err) < 0)
		return -1;
	if (!found)
		return error_set(err, ERROR_DENIED, "the claim 'exp' is missing");
	if (expected->now_s - expected->leeway_s >= expires_s)
		return error_set(err, ERROR_DENIED, "the token has expired");
	return 0;
}

/* nbf or iat: a token from the future is none. */
static int check_start(const struct jwt_expected *expected, struct str_view payload,
		       const char *claim, struct error *err)
{
	int64_t start_s = 0;
	bool found = false;

	if (read_time(&start_s, &found, payload, claim, err) < 0)
		return -1;
	if (found && start_s > expected->now_s + expected->leeway_s)
		return error_set(err, ERROR_DENIED, "the claim '%s' is in the future",
				 claim);
	return 0;
}

static bool is_text(struct str_view raw, const char *wanted)
{
	auto_buf struct buf text = BUF_EMPTY;

	return wanted && json_object_text(&text, raw) && text.len == strlen(wanted) &&
	       memcmp(buf_str(&text), wanted, text.len) == 0;
}

static int check_audience(const struct jwt_expected *expected, struct str_view payload,
			  struct error *err)
{
	struct str_view raw = { NULL, 0 };
	struct str_view element = { NULL, 0 };
	bool found = json_object_find(&raw, payload, "aud");

	if (!found && !expected->audience)
		return 0;
	if (!found)
		return error_set(err, ERROR_DENIED, "the claim 'aud' is missing");
	if (is_text(raw, expected->audience))
		return 0;
	while (raw.data[0] != '"' && json_scan_element(&element, &raw)) {
		if (is_text(element, expected->audience))
			return 0;
	}
	return error_set(err, ERROR_DENIED, "the token is for another audience");
}

int jwt_check(const struct jwt_expected *expected, struct str_view payload,
	      struct error *err)
{
	struct str_view raw = { NULL, 0 };
	const char *problem = NULL;

	if (!json_object_is_sound(payload, &problem))
		return error_set(err, ERROR_DENIED, "the payload %s", problem);
	if (check_expiry(expected, payload, err) < 0 ||
	    check_start(expected, payload, "nbf", err) < 0 ||
	    check_start(expected, payload, "iat", err) < 0)
		return -1;
	if (expected->issuer &&
	    (!json_object_find(&raw, payload, "iss") || !is_text(raw, expected->issuer)))
		return error_set(err, ERROR_DENIED,
				 "the claim 'iss' is not the issuer that is wanted");
	return check_audience(expected, payload, err);
}
