#include "lib/jwk.h"

#include "lib/crypto_sign.h"
#include "lib/error.h"
#include "lib/jws.h"
#include "tests/fuzz/fuzz.h"

/* What a private key signs is verified by the same text read as a public key. */
static void sign_and_verify(const struct jwk *private, const struct jwk *public)
{
	static const struct str_view payload = { "probe", 5 };
	unsigned algorithms = jws_algorithms_of(public);

	for (int scheme = CRYPTO_HS256; scheme <= CRYPTO_EDDSA; scheme++) {
		auto_buf struct buf token = BUF_EMPTY;
		auto_jws_parts struct jws_parts parts = JWS_PARTS_EMPTY;
		struct jws_signer signer = { private, (enum crypto_scheme)scheme, NULL };
		struct jws_policy policy = { algorithms, public, 1, false };
		struct error err = { 0 };

		if (jws_sign(&token, &signer, payload, &err) < 0)
			continue;
		if (!public->may_verify)
			continue;
		FUZZ_PROMISE(algorithms & JWS_ALGORITHM(scheme));
		FUZZ_PROMISE(jws_verify(&parts, &policy,
					(struct str_view){ token.data, token.len },
					&err) == 0);
	}
}

/* A key that was read can be used without a further look at it. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *text = fuzz_copy(bytes, size);
	auto_jwk struct jwk public = JWK_EMPTY;
	auto_jwk struct jwk private = JWK_EMPTY;
	auto_jwk_set struct jwk_set set = JWK_SET_EMPTY;
	struct str_view view = { text, size };
	struct error err = { 0 };

	if (jwk_set_read(&set, view, &err) == 0)
		FUZZ_PROMISE(set.count > 0 && set.count + set.ignored <= JWK_SET_MAX);
	else
		FUZZ_PROMISE(err.kind == ERROR_DATA && set.count == 0);
	if (jwk_read(&public, view, JWK_PUBLIC, &err) < 0) {
		FUZZ_PROMISE(err.kind == ERROR_DATA);
		FUZZ_PROMISE(jwk_read(&private, view, JWK_PRIVATE, &err) < 0);
		return 0;
	}
	FUZZ_PROMISE(public.kind != JWK_OCT || public.secret.len >= JWK_SECRET_MIN);
	FUZZ_PROMISE((public.kind != JWK_OCT) == !!public.public.handle);
	if (jwk_read(&private, view, JWK_PRIVATE, &err) == 0)
		sign_and_verify(&private, &public);
	return 0;
}
