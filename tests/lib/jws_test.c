#include "lib/jws.h"

#include "lib/base64.h"
#include "tests/lib/jose_vectors.h"

#define ALL ~0u
#define KEY_32 "{'kty':'oct','k':'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'}"

/* Verify with one key; gives the rule that was broken, NULL when none was. */
static const char *verify(struct buf *payload, const struct jwk *key, unsigned algorithms,
			  struct str_view token)
{
	static struct error err;
	auto_jws_parts struct jws_parts parts = JWS_PARTS_EMPTY;
	struct jws_policy policy = { algorithms, key, 1, false };

	if (jws_verify(&parts, &policy, token, &err) == 0) {
		buf_add(payload, parts.payload.data, parts.payload.len);
		return NULL;
	}
	CHECK(err.kind == ERROR_DENIED);
	CHECK(parts.payload.len == 0 && parts.header.len == 0);
	return err.message;
}

static void check_refused(const struct jwk *key, struct str_view token, const char *why)
{
	auto_buf struct buf payload = BUF_EMPTY;
	const char *said = verify(&payload, key, ALL, token);

	if (!said || !strstr(said, why))
		fprintf(stderr, "%.*s: said '%s', not '%s'\n", (int)token.len, token.data,
			said ? said : "right", why);
	CHECK(said && strstr(said, why));
}

static void check_right(const struct jwk *key, struct str_view token)
{
	auto_buf struct buf payload = BUF_EMPTY;
	const char *said = verify(&payload, key, ALL, token);

	if (said)
		fprintf(stderr, "%.*s: %s\n", (int)token.len, token.data, said);
	CHECK(!said);
}

/* A token with this header and a right HS256, whatever the header says. */
static void forge(struct buf *token, const struct jwk *key, const char *header)
{
	auto_buf struct buf json = BUF_EMPTY;
	uint8_t digest[CRYPTO_MAC_MAX] = { 0 };
	size_t len = 0;

	add_json(&json, header);
	base64url_encode(token, json.data, json.len);
	buf_add_str(token, ".e30");
	len = crypto_mac(digest, CRYPTO_HS256, view_of(&key->secret), view_of(token));
	buf_add_char(token, '.');
	base64url_encode(token, digest, len);
}

static void examples_of_the_rfcs(void)
{
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		auto_jwk struct jwk key = JWK_EMPTY;
		auto_buf struct buf payload = BUF_EMPTY;
		struct str_view token = view(vectors[i].token);

		fprintf(stderr, "%s\n", vectors[i].name);
		read_key(&key, vectors[i].key, JWK_PUBLIC);
		check_right(&key, token);
		CHECK(verify(&payload, &key, JWS_ALGORITHM(vectors[i].scheme), token) ==
		      NULL);
		CHECK(payload.len > 0);
		CHECK(verify(&payload, &key, ALL & ~JWS_ALGORITHM(vectors[i].scheme),
			     token) != NULL);
	}
}

/* HMAC, RSASSA-PKCS1-v1_5 and Ed25519 have one signature only. */
static void signs_what_the_rfcs_have(void)
{
	static const struct {
		size_t vector;
		const char *type;
	} same[] = { { 4, NULL }, { 7, NULL }, { 8, NULL } };

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		const struct vector *vector = &vectors[same[i].vector];
		auto_jwk struct jwk key = JWK_EMPTY;
		auto_buf struct buf payload = BUF_EMPTY;
		auto_buf struct buf token = BUF_EMPTY;
		struct jws_signer signer = { &key, vector->scheme, same[i].type };
		struct error err = { 0 };

		read_key(&key, vector->key, JWK_PRIVATE);
		CHECK(verify(&payload, &key, ALL, view(vector->token)) == NULL);
		CHECK(jws_sign(&token, &signer, view_of(&payload), &err) == 0);
		CHECK_STR(buf_str(&token), vector->token);
	}
}

static const struct {
	enum crypto_scheme scheme;
	const char *key;
	size_t bytes; /* of the signature */
} keys[] = {
	{ CRYPTO_HS256, VECTOR_OCT, 32 },	 { CRYPTO_HS384, VECTOR_OCT, 48 },
	{ CRYPTO_HS512, VECTOR_OCT, 64 },	 { CRYPTO_RS256, VECTOR_BILBO_RSA, 256 },
	{ CRYPTO_RS384, VECTOR_BILBO_RSA, 256 }, { CRYPTO_RS512, VECTOR_BILBO_RSA, 256 },
	{ CRYPTO_PS256, VECTOR_BILBO_RSA, 256 }, { CRYPTO_PS384, VECTOR_BILBO_RSA, 256 },
	{ CRYPTO_PS512, VECTOR_BILBO_RSA, 256 }, { CRYPTO_ES256, VECTOR_P256, 64 },
	{ CRYPTO_ES384, VECTOR_P384, 96 },	 { CRYPTO_ES512, VECTOR_P521, 132 },
	{ CRYPTO_EDDSA, VECTOR_ED25519, 64 },
};

static void sign_with(struct buf *token, const struct jwk *key, enum crypto_scheme scheme,
		      struct str_view payload)
{
	struct jws_signer signer = { key, scheme, NULL };
	struct error err = { 0 };

	CHECK(jws_sign(token, &signer, payload, &err) == 0);
}

static void every_algorithm_goes_around(void)
{
	static const char bytes[] = "\0\xff\n\0payload";

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		auto_jwk struct jwk private = JWK_EMPTY;
		auto_jwk struct jwk public = JWK_EMPTY;
		auto_buf struct buf token = BUF_EMPTY;
		auto_buf struct buf payload = BUF_EMPTY;
		auto_buf struct buf signature = BUF_EMPTY;
		const char *last = NULL;

		read_key(&private, keys[i].key, JWK_PRIVATE);
		read_key(&public, keys[i].key, JWK_PUBLIC);
		sign_with(&token, &private, keys[i].scheme,
			  (struct str_view){ bytes, sizeof(bytes) });
		CHECK(verify(&payload, &public, ALL, view_of(&token)) == NULL);
		CHECK(payload.len == sizeof(bytes));
		CHECK(memcmp(payload.data, bytes, sizeof(bytes)) == 0);
		last = strrchr(buf_str(&token), '.') + 1;
		CHECK(base64url_decode(&signature, last, strlen(last)));
		CHECK(signature.len == keys[i].bytes);
	}
}

/* No byte of a token may be another or missing. */
static void changed_tokens_are_refused(void)
{
	static const size_t some[] = { 0, 4, 10, 11, 12 };

	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
		auto_jwk struct jwk key = JWK_EMPTY;
		auto_buf struct buf token = BUF_EMPTY;

		read_key(&key, keys[some[i]].key, JWK_PRIVATE);
		sign_with(&token, &key, keys[some[i]].scheme, view("{}"));
		for (size_t at = 0; at < token.len; at++) {
			char was = token.data[at];

			token.data[at] = was == 'A' ? 'B' : 'A';
			check_refused(&key, view_of(&token), "");
			token.data[at] = was;
			check_refused(&key, (struct str_view){ token.data, at }, "");
		}
		buf_add_char(&token, 'A');
		check_refused(&key, view_of(&token), "");
	}
}

static void a_token_has_three_parts(void)
{
	static const struct {
		const char *token;
		const char *why;
	} bad[] = {
		{ "", "parts but 1" },
		{ "e30", "parts but 1" },
		{ "e30.e30", "parts but 2" },
		{ "e30.e30.e30.", "parts but 4" },
		{ "..", "header is no JSON" },
		{ "{'payload':'e30','signature':'AAAA'}", "parts but 1" },
		{ "eyJhbGciOiJIUzI1NiJ9=.e30.AAAA", "header is no strict" },
		{ " eyJhbGciOiJIUzI1NiJ9.e30.AAAA", "header is no strict" },
		{ "eyJhbGciOiJIUzI1NiJ9.e30=.AAAA", "payload is no strict" },
		{ "eyJhbGciOiJIUzI1NiJ9.e3 0.AAAA", "payload is no strict" },
		{ "eyJhbGciOiJIUzI1NiJ9.e31.AAAA", "payload is no strict" },
		{ "eyJhbGciOiJIUzI1NiJ9.e3+/.AAAA", "payload is no strict" },
		{ "eyJhbGciOiJIUzI1NiJ9.e30.AAAA\n", "signature is no strict" },
		{ "eyJhbGciOiJIUzI1NiJ9.e30.AAA==", "signature is no strict" },
		{ "eyJhbGciOiJIUzI1NiJ9.e30.AAB", "signature is no strict" },
		{ "eyJhbGciOiJIUzI1NiJ9.e30.A", "signature is no strict" },
		{ "eyJhbGciOiJIUzI1NiJ9.e30.", "signature is wrong" },
		{ "eyJhbGciOiJIUzI1NiJ9..AAAA", "signature is wrong" },
	};
	auto_jwk struct jwk key = JWK_EMPTY;

	read_key(&key, KEY_32, JWK_PUBLIC);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check_refused(&key, view(bad[i].token), bad[i].why);
}

static void too_long_tokens_are_refused(void)
{
	auto_jwk struct jwk key = JWK_EMPTY;
	auto_buf struct buf token = BUF_EMPTY;
	auto_buf struct buf payload = BUF_EMPTY;
	struct jws_signer signer = { &key, CRYPTO_HS256, NULL };
	struct error err = { 0 };

	read_key(&key, KEY_32, JWK_PRIVATE);
	memset(buf_room(&payload, JWS_TOKEN_MAX), 'x', JWS_TOKEN_MAX);
	buf_grew(&payload, JWS_TOKEN_MAX);
	CHECK(jws_sign(&token, &signer, view_of(&payload), &err) < 0);
	CHECK(err.kind == ERROR_DATA && token.len == 0);
	buf_add_char(&payload, '.');
	check_refused(&key, view_of(&payload), "more than 1048576 bytes");
	buf_cut(&payload, JWS_HEADER_MAX + 1);
	buf_add_str(&payload, "..");
	check_refused(&key, view_of(&payload), "header has more than");
}

static void headers_that_are_refused(void)
{
	static const struct {
		const char *header;
		const char *why;
	} bad[] = {
		{ "{'alg':'none'}", "unknown" },
		{ "{'alg':'None'}", "unknown" },
		{ "{'alg':'nOnE'}", "unknown" },
		{ "{'alg':''}", "unknown" },
		{ "{'alg':'hs256'}", "unknown" },
		{ "{'alg':'HS256 '}", "unknown" },
		{ "{'alg':'HS256\\u0000'}", "unknown" },
		{ "{'alg':null}", "no string" },
		{ "{'alg':256}", "no string" },
		{ "{'alg':['HS256']}", "no string" },
		{ "{'alg':{'alg':'HS256'}}", "no string" },
		{ "{'typ':'JWT'}", "no 'alg'" },
		{ "{'ALG':'HS256'}", "no 'alg'" },
		{ "{'x':{'alg':'HS256'}}", "no 'alg'" },
		{ "{}", "no 'alg'" },
		{ "{'alg':'HS256','alg':'HS256'}", "a name twice" },
		{ "{'alg':'HS256','\\u0061lg':'HS256'}", "a name twice" },
		{ "{'alg':'HS256','x':1,'x':2}", "a name twice" },
		{ "{'alg':'HS256','\\ud800':2}", "half a surrogate" },
		{ "{'alg':'HS256','crit':['exp'],'exp':1}", "crit" },
		{ "{'alg':'HS256','crit':[]}", "crit" },
		{ "{'alg':'HS256','crit':null}", "crit" },
		{ "{'alg':'HS256','\\u0063rit':['b64'],'b64':true}", "crit" },
		{ "{'alg':'HS256','crit':{'crit':[]}}", "crit" },
		{ "{'alg':'HS256','b64':false}", "b64" },
		{ "{'alg':'HS256','b64':'true'}", "b64" },
		{ "{'alg':'HS256','b64':null}", "b64" },
		{ "{'alg':'HS256','kid':5}", "'kid' is no string" },
		{ "{'alg':'HS256','kid':null}", "'kid' is no string" },
		{ "{'alg':'HS256','kid':'x'}", "no key has the kid 'x'" },
		{ "['alg','HS256']", "no JSON object" },
		{ "'HS256'", "no JSON object" },
		{ "{'alg':'HS256'", "no JSON" },
		{ "{'alg':'HS256'}}", "no JSON" },
		{ "{'alg':'HS256'}{}", "no JSON" },
		{ "{'alg':'HS256',}", "no JSON" },
		{ "\xef\xbb\xbf{'alg':'HS256'}", "no JSON" },
		{ "{'alg':'HS256','x':'\xff'}", "no JSON" },
		{ "{'alg':'RS256'}", "another kind" },
		{ "{'alg':'ES256'}", "another kind" },
		{ "{'alg':'HS384'}", "shorter than the digest" },
		{ "{'alg':'HS512'}", "shorter than the digest" },
	};
	auto_jwk struct jwk key = JWK_EMPTY;

	read_key(&key, KEY_32, JWK_PUBLIC);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		auto_buf struct buf token = BUF_EMPTY;

		forge(&token, &key, bad[i].header);
		check_refused(&key, view_of(&token), bad[i].why);
	}
}

static void headers_that_are_fine(void)
{
	static const char *const good[] = {
		"{'alg':'HS256'}",
		" \r\n\t{ 'alg' : 'HS256' , 'typ' : 'x' } \n",
		"{'\\u0061lg':'HS\\u003256'}",
		"{'alg':'HS256','b64':true}",
		"{'alg':'HS256','x':{'crit':['y'],'alg':'none'}}",
		"{'alg':'HS256','typ':'application\\/jwt','x':null}",
		"{'jwk':{'kty':'oct','k':'AA'},'jku':'http://x/','alg':'HS256'}",
	};
	auto_jwk struct jwk key = JWK_EMPTY;

	read_key(&key, KEY_32, JWK_PUBLIC);
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		auto_buf struct buf token = BUF_EMPTY;

		forge(&token, &key, good[i]);
		check_right(&key, view_of(&token));
	}
}

static const struct check_case cases[] = {
	{ "examples_of_the_rfcs", examples_of_the_rfcs },
	{ "signs_what_the_rfcs_have", signs_what_the_rfcs_have },
	{ "every_algorithm_goes_around", every_algorithm_goes_around },
	{ "changed_tokens_are_refused", changed_tokens_are_refused },
	{ "a_token_has_three_parts", a_token_has_three_parts },
	{ "too_long_tokens_are_refused", too_long_tokens_are_refused },
	{ "headers_that_are_refused", headers_that_are_refused },
	{ "headers_that_are_fine", headers_that_are_fine },
};

CHECK_MAIN(cases)
