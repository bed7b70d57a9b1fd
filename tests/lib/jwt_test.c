#include "lib/jwt.h"

#include <fcntl.h>

#include "lib/base64.h"
#include "lib/buf.h"
#include "lib/crypto.h"
#include "lib/crypto_sign.h"
#include "lib/error.h"
#include "lib/file.h"
#include "tests/lib/check.h"

struct keys {
	struct crypto_private_key private;
	struct crypto_public_key public;
};

static void read_keys(struct keys *keys)
{
	auto_buf struct buf path = BUF_EMPTY;
	auto_buf struct buf pem = BUF_EMPTY;
	struct error err = { 0 };

	buf_add_format(&path, "%s/app.pem", getenv("BATS_FILE_TMPDIR"));
	CHECK(file_read(&pem, AT_FDCWD, buf_str(&path), 100000, &err) == 0);
	CHECK(crypto_private_key_read(&keys->private, pem.data, pem.len, &err) == 0);
	CHECK(crypto_public_key_of(&keys->public, &keys->private, &err) == 0);
}

static void free_keys(struct keys *keys)
{
	crypto_private_key_free(&keys->private);
	crypto_public_key_free(&keys->public);
}

static struct str_view view(const char *text)
{
	return (struct str_view){ text, strlen(text) };
}

static struct str_view view_of(const struct buf *buf)
{
	return (struct str_view){ buf->data, buf->len };
}

static void app_token_has_githubs_claims(void)
{
	struct keys keys = { 0 };
	auto_buf struct buf token = BUF_EMPTY;
	auto_buf struct buf payload = BUF_EMPTY;
	struct jwt_claims claims = { 0 };
	struct error err = { 0 };

	read_keys(&keys);
	CHECK(jwt_sign_app(&token, &keys.private, "Iv23liABC", 1700000000, &err) == 0);
	CHECK(jwt_verify(&payload, &keys.public, view_of(&token), &err) == 0);
	CHECK_STR(buf_str(&payload),
		  "{\"iat\":1699999940,\"exp\":1700000540,\"iss\":\"Iv23liABC\"}");
	CHECK(jwt_read_claims(&claims, view_of(&payload), &err) == 0);
	CHECK(jwt_check_times(&claims, 1700000000, 600, &err) == 0);
	CHECK(jwt_check_times(&claims, 1699999900, 600, &err) < 0);
	CHECK(jwt_check_times(&claims, 1700000540, 600, &err) < 0);
	CHECK(jwt_check_times(&claims, 1699999939, 600, &err) < 0);
	free_keys(&keys);
}

/* A token with this header and payload and a right signature. */
static void forge(struct buf *token, const struct keys *keys, const char *header,
		  const char *payload)
{
	auto_buf struct buf signature = BUF_EMPTY;
	struct error err = { 0 };

	base64url_encode(token, header, strlen(header));
	buf_add_char(token, '.');
	base64url_encode(token, payload, strlen(payload));
	CHECK(crypto_sign(&signature, CRYPTO_RS256, &keys->private, view_of(token),
			  &err) == 0);
	buf_add_char(token, '.');
	base64url_encode(token, signature.data, signature.len);
}

static void odd_headers_are_refused(void)
{
	static const char *const bad[] = {
		"{\"alg\":\"none\"}",
		"{\"alg\":\"HS256\"}",
		"{\"alg\":\"rs256\"}",
		"{\"alg\":\"RS384\"}",
		"{\"typ\":\"JWT\"}",
		"{\"alg\":[\"RS256\"]}",
		"{\"alg\":\"RS256\",\"crit\":[\"exp\"]}",
		"{\"alg\":\"RS256\",\"b64\":false}",
		"{\"alg\":\"RS256\",\"typ\":\"JWE\"}",
		"{\"\\u0061lg\":\"RS256\"}",
		"[\"RS256\"]",
		"\"RS256\"",
		"{\"alg\":\"RS256\"",
		"",
	};
	struct keys keys = { 0 };

	read_keys(&keys);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		auto_buf struct buf token = BUF_EMPTY;
		auto_buf struct buf payload = BUF_EMPTY;
		struct error err = { 0 };

		forge(&token, &keys, bad[i], "{}");
		CHECK(jwt_verify(&payload, &keys.public, view_of(&token), &err) < 0);
		CHECK(err.kind == ERROR_DENIED && payload.len == 0);
	}
	free_keys(&keys);
}

static void check_not_verified(const struct keys *keys, const char *text, size_t len)
{
	auto_buf struct buf payload = BUF_EMPTY;
	struct error err = { 0 };

	CHECK(jwt_verify(&payload, &keys->public, (struct str_view){ text, len }, &err) <
	      0);
	CHECK(err.kind == ERROR_DENIED && payload.len == 0);
}

static void changed_tokens_are_refused(void)
{
	struct keys keys = { 0 };
	auto_buf struct buf token = BUF_EMPTY;
	struct error err = { 0 };

	read_keys(&keys);
	CHECK(jwt_sign_app(&token, &keys.private, "1", 1700000000, &err) == 0);
	for (size_t i = 0; i < token.len; i++) {
		char was = token.data[i];

		token.data[i] = was == 'A' ? 'B' : 'A';
		check_not_verified(&keys, token.data, token.len);
		token.data[i] = was;
		check_not_verified(&keys, token.data, i);
	}
	buf_add_char(&token, '=');
	check_not_verified(&keys, token.data, token.len);
	check_not_verified(&keys, "..", 2);
	check_not_verified(&keys, "a.b.c.d", 7);
	free_keys(&keys);
}

static void another_key_does_not_verify(void)
{
	struct keys keys = { 0 };
	auto_buf struct buf modulus = BUF_EMPTY;
	auto_public_key struct crypto_public_key other = CRYPTO_PUBLIC_KEY_NONE;
	auto_buf struct buf token = BUF_EMPTY;
	auto_buf struct buf payload = BUF_EMPTY;
	struct error err = { 0 };
	static const char number[] =
		"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp"
		"-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOW"
		"vG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUs"
		"LA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9k"
		"G4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2"
		"PAcDTW9gb54h4FRWyuXpoQ";

	read_keys(&keys);
	CHECK(base64url_decode(&modulus, number, strlen(number)));
	CHECK(crypto_public_key_numbers(&other, view_of(&modulus),
					(struct str_view){ "\1\0\1", 3 }, &err) == 0);
	CHECK(jwt_sign_app(&token, &keys.private, "1", 1700000000, &err) == 0);
	CHECK(jwt_verify(&payload, &other, view_of(&token), &err) < 0);
	free_keys(&keys);
}

static void claims_must_be_of_the_right_kind(void)
{
	static const char *const bad[] = {
		"{\"iat\":1,\"exp\":2}",
		"{\"iat\":1,\"exp\":2,\"iss\":5}",
		"{\"iat\":1.5,\"exp\":2,\"iss\":\"1\"}",
		"{\"iat\":1,\"exp\":2.0,\"iss\":\"1\"}",
		"{\"iat\":\"1\",\"exp\":2,\"iss\":\"1\"}",
		"{\"iat\":1,\"exp\":2e3,\"iss\":\"1\"}",
		"{\"iat\":-1,\"exp\":2,\"iss\":\"1\"}",
		"{\"iat\":1,\"iss\":\"1\"}",
		"{\"exp\":1,\"iss\":\"1\"}",
		"[]",
		"",
	};
	struct jwt_claims claims = { 0 };
	struct error err = { 0 };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CHECK(jwt_read_claims(&claims, view(bad[i]), &err) < 0);
		CHECK(err.kind == ERROR_DENIED);
	}
	CHECK(jwt_read_claims(&claims, view("{\"iss\":\"1\",\"exp\":3,\"iat\":2}"),
			      &err) == 0);
	CHECK(claims.issued_s == 2 && claims.expires_s == 3);
	CHECK(str_view_equal(claims.issuer, "1"));
}

/* At the second 1000, with 10 of leeway, from "me" to "you". */
static void check_claims(const char *payload, const char *why)
{
	struct jwt_expected expected = { "me", "you", 1000, 10 };
	struct error err = { 0 };
	int status = jwt_check(&expected, view(payload), &err);

	if (why ? !strstr(err.message, why) : status < 0)
		fprintf(stderr, "%s: '%s', not '%s'\n", payload, err.message,
			why ? why : "");
	CHECK(why ? status < 0 && err.kind == ERROR_DENIED : status == 0);
	CHECK(!why || strstr(err.message, why));
}

#define TO_YOU "\"iss\":\"me\",\"aud\":\"you\""

static void claims_are_held_against_the_clock(void)
{
	check_claims("{" TO_YOU ",\"exp\":1001}", NULL);
	check_claims("{" TO_YOU ",\"exp\":991}", NULL);
	check_claims("{" TO_YOU ",\"exp\":990}", "has expired");
	check_claims("{" TO_YOU ",\"exp\":990.9}", "has expired");
	check_claims("{" TO_YOU ",\"exp\":2000.5,\"iat\":999.25}", NULL);
	check_claims("{" TO_YOU "}", "'exp' is missing");
	check_claims("{" TO_YOU ",\"exp\":2000,\"nbf\":1010,\"iat\":1010}", NULL);
	check_claims("{" TO_YOU ",\"exp\":2000,\"nbf\":1011}", "'nbf' is in the future");
	check_claims("{" TO_YOU ",\"exp\":2000,\"iat\":1011}", "'iat' is in the future");
	check_claims("{" TO_YOU ",\"exp\":\"2000\"}", "'exp' is no time");
	check_claims("{" TO_YOU ",\"exp\":null}", "'exp' is no time");
	check_claims("{" TO_YOU ",\"exp\":-2000}", "'exp' is no time");
	check_claims("{" TO_YOU ",\"exp\":2e9}", "'exp' is no time");
	check_claims("{" TO_YOU ",\"exp\":99999999999999999999}", "'exp' is no time");
	check_claims("{" TO_YOU ",\"exp\":2000,\"nbf\":true}", "'nbf' is no time");
	check_claims("{" TO_YOU ",\"exp\":2000,\"exp\":3000}", "a name twice");
	check_claims("{" TO_YOU ",\"exp\":1,\"e\\u0078p\":3000}", "a name twice");
	check_claims("[]", "no JSON object");
	check_claims("", "no JSON");
}

static void claims_say_from_whom_and_for_whom(void)
{
	struct jwt_expected nobody = { NULL, NULL, 1000, 0 };
	struct error err = { 0 };

	check_claims("{\"exp\":2000,\"aud\":\"you\"}", "'iss'");
	check_claims("{\"exp\":2000,\"aud\":\"you\",\"iss\":\"Me\"}", "'iss'");
	check_claims("{\"exp\":2000,\"aud\":\"you\",\"iss\":\"me\\u0000\"}", "'iss'");
	check_claims("{\"exp\":2000,\"aud\":\"you\",\"iss\":[\"me\"]}", "'iss'");
	check_claims("{\"exp\":2000,\"iss\":\"me\"}", "'aud' is missing");
	check_claims("{\"exp\":2000,\"iss\":\"me\",\"aud\":\"you2\"}",
		     "another audience");
	check_claims("{\"exp\":2000,\"iss\":\"me\",\"aud\":[\"a\",\"you\"]}", NULL);
	check_claims("{\"exp\":2000,\"iss\":\"me\",\"aud\":[]}", "another audience");
	check_claims("{\"exp\":2000,\"iss\":\"me\",\"aud\":[[\"you\"]]}",
		     "another audience");
	check_claims("{\"exp\":2000,\"iss\":\"me\",\"aud\":{\"you\":\"you\"}}",
		     "another audience");
	check_claims("{\"exp\":2000,\"iss\":\"me\",\"aud\":null}", "another audience");
	CHECK(jwt_check(&nobody, view("{\"exp\":2000}"), &err) == 0);
	CHECK(jwt_check(&nobody, view("{\"exp\":2000,\"aud\":\"x\"}"), &err) < 0);
}

static const struct check_case cases[] = {
	{ "app_token_has_githubs_claims", app_token_has_githubs_claims },
	{ "odd_headers_are_refused", odd_headers_are_refused },
	{ "changed_tokens_are_refused", changed_tokens_are_refused },
	{ "another_key_does_not_verify", another_key_does_not_verify },
	{ "claims_must_be_of_the_right_kind", claims_must_be_of_the_right_kind },
	{ "claims_are_held_against_the_clock", claims_are_held_against_the_clock },
	{ "claims_say_from_whom_and_for_whom", claims_say_from_whom_and_for_whom },
};

CHECK_MAIN(cases)
