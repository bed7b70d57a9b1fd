#include "lib/jwt.h"

#include <string.h>

#include "lib/base64.h"
#include "lib/buf.h"
#include "lib/crypto.h"
#include "lib/error.h"
#include "lib/json_plain.h"
#include "lib/json_scan.h"
#include "lib/json_write.h"

static const char header[] = "{\"alg\":\"RS256\",\"typ\":\"JWT\"}";

int jwt_sign(struct buf *token, const struct crypto_private_key *key,
	     struct str_view payload, struct error *err)
{
	auto_secret struct buf made = BUF_EMPTY;
	auto_secret struct buf signature = BUF_EMPTY;

	base64url_encode(&made, header, strlen(header));
	buf_add_char(&made, '.');
	base64url_encode(&made, payload.data, payload.len);
	if (crypto_rs256_sign(&signature, key, made.data, made.len, err) < 0)
		return -1;
	buf_add_char(&made, '.');
	base64url_encode(&made, signature.data, signature.len);
	buf_add(token, made.data, made.len);
	return 0;
}

int jwt_sign_app(struct buf *token, const struct crypto_private_key *key,
		 const char *issuer, int64_t now_s, struct error *err)
{
	auto_buf struct buf payload = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&payload);

	json_write_object(&writer, NULL);
	json_write_i64(&writer, "iat", now_s - 60);
	json_write_i64(&writer, "exp", now_s + 540);
	json_write_string(&writer, "iss", issuer);
	json_write_object_end(&writer);
	return jwt_sign(token, key, (struct str_view){ payload.data, payload.len }, err);
}

/* A header with anything unusual about it is not from an honest signer. */
static bool is_good_header(const struct buf *text)
{
	struct str_view view = { text->data, text->len };
	struct str_view value = { NULL, 0 };

	if (text->len == 0 || text->data[0] != '{' || !json_plain_is_valid(view) ||
	    memchr(text->data, '\\', text->len))
		return false;
	if (!json_plain_string(&value, view, "alg") || !str_view_equal(value, "RS256"))
		return false;
	if (json_scan_member(&value, view, "typ") && !str_view_equal(value, "\"JWT\""))
		return false;
	return !json_scan_member(&value, view, "crit") &&
	       !json_scan_member(&value, view, "b64");
}

int jwt_verify(struct buf *payload, const struct crypto_public_key *key,
	       struct str_view token, struct error *err)
{
	auto_buf struct buf head = BUF_EMPTY;
	auto_buf struct buf claims = BUF_EMPTY;
	auto_buf struct buf signature = BUF_EMPTY;
	const char *first = memchr(token.data, '.', token.len);
	const char *last = memrchr(token.data, '.', token.len);
	size_t head_len = 0;
	size_t signed_len = 0;

	if (token.len > JWT_LIMIT || !first || first == last)
		return error_set(err, ERROR_DENIED, "not a JSON Web Token");
	head_len = (size_t)(first - token.data);
	signed_len = (size_t)(last - token.data);
	if (!base64url_decode(&head, token.data, head_len) || !is_good_header(&head))
		return error_set(err, ERROR_DENIED,
				 "the token's header is not that of RS256");
	if (!base64url_decode(&claims, first + 1, signed_len - head_len - 1) ||
	    !base64url_decode(&signature, last + 1, token.len - signed_len - 1))
		return error_set(err, ERROR_DENIED, "the token is no base64url");
	if (!crypto_rs256_verify(key, (struct str_view){ token.data, signed_len },
				 (struct str_view){ signature.data, signature.len }))
		return error_set(err, ERROR_DENIED, "the token's signature is wrong");
	buf_add(payload, claims.data, claims.len);
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
