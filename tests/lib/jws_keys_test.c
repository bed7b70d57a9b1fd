/* Which key a token is held against, and what a signature must look like. */
#include "lib/jws.h"

#include "lib/base64.h"
#include "lib/cleanup.h"
#include "tests/lib/jose_vectors.h"

#define ALL ~0u
#define SECRET_A "'k':'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'"
#define SECRET_B "'k':'BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA'"
#define P256_ORDER                                                                       \
	"\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff"               \
	"\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51"

static void check(const struct jws_policy *policy, struct str_view token, const char *why)
{
	auto_jws_parts struct jws_parts parts = JWS_PARTS_EMPTY;
	struct error err = { 0 };
	int status = jws_verify(&parts, policy, token, &err);

	if (why ? !strstr(err.message, why) : status < 0)
		fprintf(stderr, "said '%s', not '%s'\n", err.message, why ? why : "");
	CHECK(why ? status < 0 && strstr(err.message, why) : status == 0);
	CHECK(parts.payload.len == (why ? 0 : 2));
}

static void sign(struct buf *token, const char *key_text, enum crypto_scheme scheme)
{
	auto_jwk struct jwk key = JWK_EMPTY;
	struct jws_signer signer = { &key, scheme, NULL };
	struct error err = { 0 };

	read_key(&key, key_text, JWK_PRIVATE);
	CHECK(jws_sign(token, &signer, view("{}"), &err) == 0);
}

/* Sign with one key and verify with another. */
static void check_pair(const char *signing, enum crypto_scheme scheme,
		       const char *verifying, const char *why)
{
	auto_jwk struct jwk key = JWK_EMPTY;
	auto_buf struct buf token = BUF_EMPTY;
	struct jws_policy policy = { ALL, &key, 1, true };

	sign(&token, signing, scheme);
	read_key(&key, verifying, JWK_PUBLIC);
	check(&policy, view_of(&token), why);
}

static void only_the_pinned_algorithms(void)
{
	auto_jwk struct jwk key = JWK_EMPTY;
	auto_buf struct buf token = BUF_EMPTY;
	struct jws_policy policy = { 0, &key, 1, false };

	read_key(&key, VECTOR_BILBO_RSA, JWK_PUBLIC);
	sign(&token, VECTOR_BILBO_RSA, CRYPTO_PS256);
	check(&policy, view_of(&token), "PS256 is not allowed here");
	policy.algorithms = JWS_ALGORITHM(CRYPTO_RS256) | JWS_ALGORITHM(CRYPTO_PS384);
	check(&policy, view_of(&token), "PS256 is not allowed here");
	policy.algorithms = JWS_ALGORITHM(CRYPTO_PS256);
	check(&policy, view_of(&token), NULL);
	policy.count = 0;
	check(&policy, view_of(&token), "no key");
}

static void a_keys_members_say_what_it_is_for(void)
{
	static const struct {
		const char *key;
		const char *why;
	} keys[] = {
		{ "{'kty':'oct'," SECRET_A "}", NULL },
		{ "{'kty':'oct'," SECRET_B "}", "signature is wrong" },
		{ "{'kty':'oct','alg':'HS256'," SECRET_A "}", NULL },
		{ "{'kty':'oct','alg':'HS384'," SECRET_A "}", "alg is another" },
		{ "{'kty':'oct','alg':'hs256'," SECRET_A "}", "alg is another" },
		{ "{'kty':'oct','alg':'A256GCM'," SECRET_A "}", "alg is another" },
		{ "{'kty':'oct','use':'sig'," SECRET_A "}", NULL },
		{ "{'kty':'oct','use':'enc'," SECRET_A "}", "use or key_ops" },
		{ "{'kty':'oct','use':''," SECRET_A "}", "use or key_ops" },
		{ "{'kty':'oct','key_ops':['sign','verify']," SECRET_A "}", NULL },
		{ "{'kty':'oct','key_ops':['sign']," SECRET_A "}", "use or key_ops" },
		{ "{'kty':'oct','key_ops':[]," SECRET_A "}", "use or key_ops" },
		{ "{'kty':'oct','key_ops':['encrypt']," SECRET_A "}", "use or key_ops" },
		{ "{'kty':'oct','use':'enc','key_ops':['verify']," SECRET_A "}",
		  "use or key_ops" },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		check_pair("{'kty':'oct'," SECRET_A "}", CRYPTO_HS256, keys[i].key,
			   keys[i].why);
}

/* The vector's key, with an alg. */
static void check_p521(const char *alg, const char *why)
{
	auto_free char *text = str_format("{'alg':'%s',%s", alg, &VECTOR_P521[1]);

	check_pair(VECTOR_P521, CRYPTO_ES512, text, why);
}

static void a_key_on_p521_may_say_es521(void)
{
	check_p521("ES512", NULL);
	check_p521("ES521", NULL);
	check_p521("ES5121", "alg is another");
	check_p521("ES256", "alg is another");
}

static void keys_that_may_not_sign(void)
{
	static const struct {
		const char *key;
		enum crypto_scheme scheme;
	} keys[] = {
		{ "{'kty':'oct','use':'enc'," SECRET_A "}", CRYPTO_HS256 },
		{ "{'kty':'oct','key_ops':['verify']," SECRET_A "}", CRYPTO_HS256 },
		{ "{'kty':'oct','alg':'HS512'," SECRET_A "}", CRYPTO_HS256 },
		{ "{'kty':'oct'," SECRET_A "}", CRYPTO_HS384 },
		{ "{'kty':'oct'," SECRET_A "}", CRYPTO_RS256 },
		{ VECTOR_P256, CRYPTO_ES384 },
		{ VECTOR_P256, CRYPTO_HS256 },
		{ VECTOR_ED25519, CRYPTO_ES256 },
		{ VECTOR_BILBO_RSA, CRYPTO_EDDSA },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		auto_jwk struct jwk key = JWK_EMPTY;
		auto_buf struct buf token = BUF_EMPTY;
		struct jws_signer signer = { &key, keys[i].scheme, NULL };
		struct error err = { 0 };

		read_key(&key, keys[i].key, JWK_PRIVATE);
		CHECK(jws_sign(&token, &signer, view("{}"), &err) < 0);
		CHECK(err.kind == ERROR_CONFIG && token.len == 0);
	}
}

/* What everybody knows of a public key is no secret. */
static void a_public_key_is_no_secret(void)
{
	auto_jwk struct jwk rsa = JWK_EMPTY;
	auto_buf struct buf token = BUF_EMPTY;
	uint8_t digest[CRYPTO_MAC_MAX] = { 0 };
	struct jws_policy policy = { ALL, &rsa, 1, true };
	size_t len = 0;

	read_key(&rsa, VECTOR_RSA_PUBLIC, JWK_PUBLIC);
	buf_add_str(&token, "eyJhbGciOiJIUzI1NiJ9.e30"); /* HS256 */
	len = crypto_mac(digest, CRYPTO_HS256, view(VECTOR_RSA_PUBLIC), view_of(&token));
	buf_add_char(&token, '.');
	base64url_encode(&token, digest, len);
	check(&policy, view_of(&token), "another kind");
	CHECK(!(jws_algorithms_of(&rsa) & JWS_ALGORITHM(CRYPTO_HS256)));
	CHECK(jws_algorithms_of(&rsa) & JWS_ALGORITHM(CRYPTO_PS512));
}

static void the_kid_chooses(void)
{
	auto_jwk_set struct jwk_set set = JWK_SET_EMPTY;
	auto_buf struct buf json = BUF_EMPTY;
	auto_buf struct buf a = BUF_EMPTY;
	auto_buf struct buf b = BUF_EMPTY;
	auto_buf struct buf c = BUF_EMPTY;
	auto_buf struct buf none = BUF_EMPTY;
	struct jws_policy policy = { ALL, NULL, 0, false };
	struct error err = { 0 };

	add_json(&json,
		 "{'keys':[{'kty':'oct','kid':'a'," SECRET_A "},"
		 "{'kty':'oct','kid':'b'," SECRET_B "},{'kty':'oct'," SECRET_A "}]}");
	CHECK(jwk_set_read(&set, view_of(&json), &err) == 0);
	policy.keys = set.keys;
	policy.count = set.count;
	sign(&a, "{'kty':'oct','kid':'a'," SECRET_A "}", CRYPTO_HS256);
	sign(&b, "{'kty':'oct','kid':'b'," SECRET_A "}", CRYPTO_HS256);
	sign(&c, "{'kty':'oct','kid':'c'," SECRET_A "}", CRYPTO_HS256);
	sign(&none, "{'kty':'oct'," SECRET_B "}", CRYPTO_HS256);
	check(&policy, view_of(&a), NULL);
	check(&policy, view_of(&b), "signature is wrong");
	check(&policy, view_of(&c), "no key has the kid 'c'");
	check(&policy, view_of(&none), NULL);
	policy.any_kid = true; /* the third key has none */
	check(&policy, view_of(&c), NULL);
	check(&policy, view_of(&b), NULL);
	policy.count = 2;
	check(&policy, view_of(&b), "signature is wrong");
}

static void a_kid_may_say_anything(void)
{
	check_pair("{'kty':'oct','kid':'\\u0000\\ud83d\\ude00\\n\\\"'," SECRET_A "}",
		   CRYPTO_HS256,
		   "{'kty':'oct','kid':'\\u0000\xf0\x9f\x98\x80\\u000a\\u0022'," SECRET_A
		   "}",
		   NULL);
	check_pair("{'kty':'oct','kid':'a\\u0000b'," SECRET_A "}", CRYPTO_HS256,
		   "{'kty':'oct','kid':'a\\u0000c'," SECRET_A "}", "no key has the kid");
	check_pair("{'kty':'oct','kid':''," SECRET_A "}", CRYPTO_HS256,
		   "{'kty':'oct','kid':'a'," SECRET_A "}", "no key has the kid");
}

static void tries_are_bounded(void)
{
	auto_jwk_set struct jwk_set set = JWK_SET_EMPTY;
	auto_buf struct buf json = BUF_EMPTY;
	auto_buf struct buf token = BUF_EMPTY;
	struct jws_policy policy = { ALL, NULL, 0, false };
	struct error err = { 0 };

	add_json(&json, "{'keys':[");
	for (size_t i = 0; i < JWS_TRIES; i++)
		add_json(&json, VECTOR_P256 ",{'kty':'oct'," SECRET_B "},");
	add_json(&json, "{'kty':'oct'," SECRET_A "}]}");
	CHECK(jwk_set_read(&set, view_of(&json), &err) == 0);
	policy.keys = set.keys;
	policy.count = set.count;
	sign(&token, "{'kty':'oct'," SECRET_A "}", CRYPTO_HS256);
	check(&policy, view_of(&token), "more than 16 keys fit");
	policy.keys += 2;
	policy.count -= 2;
	check(&policy, view_of(&token), NULL);
}

/* The token of RFC 7515 A.3 with another signature. */
static void check_pair_of_numbers(const void *r, size_t r_len, const void *s,
				  size_t s_len)
{
	auto_jwk struct jwk key = JWK_EMPTY;
	auto_buf struct buf token = BUF_EMPTY;
	auto_buf struct buf both = BUF_EMPTY;
	struct jws_policy policy = { ALL, &key, 1, true };
	const char *text = vectors[2].token;

	read_key(&key, VECTOR_P256, JWK_PUBLIC);
	buf_add(&token, text, (size_t)(strrchr(text, '.') + 1 - text));
	buf_add(&both, r, r_len);
	buf_add(&both, s, s_len);
	base64url_encode(&token, both.data, both.len);
	check(&policy, view_of(&token), "signature is wrong");
}

static void es256_of_one_form_only(void)
{
	static const char zero[33] = "";
	static const char one[33] = { [31] = 1 };
	static const char big[33] = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
				    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
				    "\xff\xff\xff\xff\xff\xff";
	const char *const numbers[] = { zero, one, P256_ORDER, big };
	auto_buf struct buf good = BUF_EMPTY;
	const char *last = strrchr(vectors[2].token, '.') + 1;

	for (size_t i = 0; i < 16; i++)
		check_pair_of_numbers(numbers[i / 4], 32, numbers[i % 4], 32);
	CHECK(base64url_decode(&good, last, strlen(last)));
	check_pair_of_numbers(zero, 1, good.data, 64);
	check_pair_of_numbers(good.data, 64, zero, 1);
	check_pair_of_numbers(good.data, 63, NULL, 0);
	check_pair_of_numbers(good.data + 32, 32, good.data, 32);
	/* The same numbers as DER. */
	buf_add(&good, good.data + 32, 32);
	check_pair_of_numbers("\x30\x45\x02\x20", 4, good.data, 64);
}

/* An RSA signature is as long as the modulus, a number below it. */
static void rs256_of_one_form_only(void)
{
	auto_jwk struct jwk key = JWK_EMPTY;
	auto_buf struct buf token = BUF_EMPTY;
	auto_buf struct buf signature = BUF_EMPTY;
	struct jws_policy policy = { ALL, &key, 1, true };
	const char *last = NULL;
	size_t signed_len = 0;

	read_key(&key, VECTOR_RSA_PUBLIC, JWK_PUBLIC);
	buf_add_str(&token, vectors[1].token);
	check(&policy, (struct str_view){ token.data, token.len - 2 }, "");
	last = strrchr(vectors[1].token, '.') + 1;
	signed_len = (size_t)(last - vectors[1].token);
	buf_add_char(&signature, 0);
	CHECK(base64url_decode(&signature, last, strlen(last)));
	buf_cut(&token, signed_len);
	base64url_encode(&token, signature.data, signature.len);
	check(&policy, view_of(&token), "signature is wrong");
	buf_cut(&token, signed_len);
	memset(signature.data, 0xff, 256);
	base64url_encode(&token, signature.data, 256);
	check(&policy, view_of(&token), "signature is wrong");
}

static const struct check_case cases[] = {
	{ "a_key_on_p521_may_say_es521", a_key_on_p521_may_say_es521 },
	{ "only_the_pinned_algorithms", only_the_pinned_algorithms },
	{ "a_keys_members_say_what_it_is_for", a_keys_members_say_what_it_is_for },
	{ "keys_that_may_not_sign", keys_that_may_not_sign },
	{ "a_public_key_is_no_secret", a_public_key_is_no_secret },
	{ "the_kid_chooses", the_kid_chooses },
	{ "a_kid_may_say_anything", a_kid_may_say_anything },
	{ "tries_are_bounded", tries_are_bounded },
	{ "es256_of_one_form_only", es256_of_one_form_only },
	{ "rs256_of_one_form_only", rs256_of_one_form_only },
};

CHECK_MAIN(cases)
