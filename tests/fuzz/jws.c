#include "lib/jws.h"

#include <string.h>

#include "lib/base64.h"
#include "lib/error.h"
#include "lib/jwk.h"
#include "tests/fuzz/fuzz.h"

#define SECRET "{\"kty\":\"oct\",\"k\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\"}"
#define POINT                                                                            \
	"{\"kty\":\"OKP\",\"crv\":\"Ed25519\","                                          \
	"\"x\":\"PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw\"}"

static struct str_view view_of(const struct buf *buf)
{
	return (struct str_view){ buf_str(buf), buf->len };
}

static void read_key(struct jwk *key, const char *text)
{
	struct error err = { 0 };

	FUZZ_PROMISE(jwk_read(key, (struct str_view){ text, strlen(text) }, JWK_PUBLIC,
			      &err) == 0);
}

/* A token that passes has one way to be written: what was read makes it again. */
static void check_form(const struct jws_parts *parts, struct str_view token)
{
	auto_buf struct buf again = BUF_EMPTY;

	base64url_encode(&again, parts->header.data, parts->header.len);
	buf_add_char(&again, '.');
	base64url_encode(&again, parts->payload.data, parts->payload.len);
	buf_add_char(&again, '.');
	FUZZ_PROMISE(token.len == again.len + 43); /* the digest of HS256 */
	FUZZ_PROMISE(memcmp(again.data, token.data, again.len) == 0);
}

static void verify(const struct jwk *key, unsigned algorithms, struct str_view token,
		   bool may_pass)
{
	auto_jws_parts struct jws_parts parts = JWS_PARTS_EMPTY;
	struct jws_policy policy = { algorithms, key, 1, true };
	struct error err = { 0 };

	if (jws_verify(&parts, &policy, token, &err) == 0) {
		FUZZ_PROMISE(may_pass);
		check_form(&parts, token);
		return;
	}
	FUZZ_PROMISE(err.kind == ERROR_DENIED && err.message[0]);
	FUZZ_PROMISE(parts.payload.len == 0 && parts.header.len == 0);
}

/* The bytes as a header, with a digest that is right. */
static void verify_header(const struct jwk *key, struct str_view header)
{
	auto_buf struct buf token = BUF_EMPTY;
	uint8_t digest[CRYPTO_MAC_MAX] = { 0 };
	size_t len = 0;

	base64url_encode(&token, header.data, header.len);
	buf_add_str(&token, ".e30");
	len = crypto_mac(digest, CRYPTO_HS256, view_of(&key->secret), view_of(&token));
	buf_add_char(&token, '.');
	base64url_encode(&token, digest, len);
	verify(key, ~0u, view_of(&token), true);
	verify(key, ~0u & ~JWS_ALGORITHM(CRYPTO_HS256), view_of(&token), false);
}

/* No token of others passes, and no header but a sound one. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *text = fuzz_copy(bytes, size);
	auto_jwk struct jwk secret = JWK_EMPTY;
	auto_jwk struct jwk point = JWK_EMPTY;
	struct str_view token = { text, size };

	read_key(&secret, SECRET);
	read_key(&point, POINT);
	verify(&secret, JWS_ALGORITHM(CRYPTO_HS256), token, true);
	verify(&point, ~0u, token, false);
	verify_header(&secret, token);
	return 0;
}
