#include <string.h>

#include "lib/buf.h"
#include "lib/error.h"
#include "lib/json_object.h"
#include "lib/jws.h"
#include "lib/oidc.h"
#include "tests/fuzz/fuzz.h"

/* The key of RFC 8037, appendix A. */
static const char key_text[] = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\","
			       "\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\","
			       "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}";

/* Both halves, read once. */
static struct jwk *read_keys(void)
{
	static struct jwk keys[2] = { JWK_EMPTY, JWK_EMPTY };
	static const struct str_view text = { key_text, sizeof(key_text) - 1 };
	struct error err = { 0 };

	if (!keys[0].may_sign)
		FUZZ_PROMISE(jwk_read(&keys[0], text, JWK_PRIVATE, &err) == 0 &&
			     jwk_read(&keys[1], text, JWK_PUBLIC, &err) == 0);
	return keys;
}

/* What a claim has to be, in a token that was taken. */
static bool is_there(struct str_view claims, const char *name)
{
	struct str_view raw = { NULL, 0 };

	return json_object_find(&raw, claims, name) && raw.len > 0;
}

/* The claims of an ID token that is signed as it should be. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *text = fuzz_copy(bytes, size);
	struct jwk *keys = read_keys();
	const struct jws_signer signer = { &keys[0], CRYPTO_EDDSA, NULL };
	const struct jwk_set set = { &keys[1], 1, 0 };
	struct oidc_expected expected = { .issuer = "https://i.example",
					  .audience = "us",
					  .algorithms = oidc_algorithms,
					  .now_s = 1000 };
	auto_buf struct buf token = BUF_EMPTY;
	auto_buf struct buf claims = BUF_EMPTY;
	struct error err = { 0 };

	if (jws_sign(&token, &signer, (struct str_view){ text, size }, &err) < 0)
		return 0;
	if (size % 2)
		expected.nonce = "n";
	if (oidc_verify(&claims, &set, &expected,
			(struct str_view){ token.data, token.len }, &err) < 0) {
		FUZZ_PROMISE(err.kind == ERROR_DENIED && err.message[0] &&
			     claims.len == 0);
		return 0;
	}
	FUZZ_PROMISE(claims.len == size && memcmp(claims.data, text, size) == 0);
	FUZZ_PROMISE(is_there((struct str_view){ text, size }, "sub") &&
		     is_there((struct str_view){ text, size }, "exp"));
	return 0;
}
