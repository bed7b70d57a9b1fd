#include "lib/jwk_make.h"

#include "lib/buf.h"
#include "lib/error.h"
#include "lib/jwk.h"
#include "lib/jws.h"
#include "tests/lib/check.h"

static struct str_view view(const struct buf *text)
{
	return (struct str_view){ buf_str(text), text->len };
}

static void sign_and_verify(enum crypto_scheme scheme)
{
	static const struct str_view payload = { "probe", 5 };
	auto_secret struct buf private_text = BUF_EMPTY;
	auto_buf struct buf public_text = BUF_EMPTY;
	auto_jwk struct jwk private = JWK_EMPTY;
	auto_jwk struct jwk public = JWK_EMPTY;
	auto_buf struct buf token = BUF_EMPTY;
	auto_jws_parts struct jws_parts parts = JWS_PARTS_EMPTY;
	struct jws_signer signer = { &private, scheme, NULL };
	struct jws_policy policy = { JWS_ALGORITHM(scheme), &public, 1, false };
	struct error err = { 0 };

	CHECK(jwk_make(&private_text, scheme, 1795218310, &err) == 0);
	jwk_make_public(&public_text, view(&private_text));
	CHECK(!strstr(buf_str(&public_text), "\"d\"") &&
	      !strstr(buf_str(&public_text), "\"iat\""));
	CHECK(jwk_read(&private, view(&private_text), JWK_PRIVATE, &err) == 0);
	CHECK(jwk_read(&public, view(&public_text), JWK_PUBLIC, &err) == 0);
	CHECK(private.has_kid && private.kid.len == 16);
	CHECK(jws_sign(&token, &signer, payload, &err) == 0);
	CHECK(jws_verify(&parts, &policy, view(&token), &err) == 0);
}

/* Often enough for numbers with zeros in front. */
static void what_is_made_signs_and_its_public_half_verifies(void)
{
	for (int i = 0; i < 600; i++)
		sign_and_verify(i % 2 ? CRYPTO_EDDSA : CRYPTO_ES256);
}

static void two_are_never_the_same(void)
{
	auto_secret struct buf a = BUF_EMPTY;
	auto_secret struct buf b = BUF_EMPTY;
	struct error err = { 0 };

	CHECK(jwk_make(&a, CRYPTO_EDDSA, 1, &err) == 0);
	CHECK(jwk_make(&b, CRYPTO_EDDSA, 1, &err) == 0);
	CHECK(strcmp(buf_str(&a), buf_str(&b)) != 0);
}

static const struct check_case cases[] = {
	{ "what_is_made_signs_and_its_public_half_verifies",
	  what_is_made_signs_and_its_public_half_verifies },
	{ "two_are_never_the_same", two_are_never_the_same },
};

CHECK_MAIN(cases)
