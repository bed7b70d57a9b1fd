#include "lib/oidc.h"

#include "lib/jws.h"
#include "tests/lib/jose_vectors.h"

#define ISSUER "https://issuer.example"
#define NOW 1000
#define GOOD "'iss':'" ISSUER "','sub':'jo','aud':'us','iat':990,'exp':1060"

/* A token of these claims (with ' for "), signed with the key. */
static void sign(struct buf *token, const char *key_text, enum crypto_scheme scheme,
		 const char *claims)
{
	auto_jwk struct jwk key = JWK_EMPTY;
	auto_buf struct buf payload = BUF_EMPTY;
	const struct jws_signer signer = { &key, scheme, "JWT" };
	struct error err = { 0 };

	add_json(&payload, claims);
	read_key(&key, key_text, JWK_PRIVATE);
	CHECK(jws_sign(token, &signer, view_of(&payload), &err) == 0);
}

static struct oidc_expected usual(void)
{
	return (struct oidc_expected){ .issuer = ISSUER,
				       .audience = "us",
				       .algorithms = oidc_algorithms,
				       .now_s = NOW,
				       .leeway_s = 5 };
}

/* why NULL: it is taken; otherwise the error says so, and nothing comes out. */
static void verify(const struct oidc_expected *expected, struct str_view token,
		   const char *why)
{
	auto_buf struct buf claims = BUF_EMPTY;
	struct jwk key = JWK_EMPTY;
	struct jwk_set keys = { &key, 1, 0 };
	struct error err = { 0 };
	int status = 0;

	read_key(&key, VECTOR_ED25519, JWK_PUBLIC);
	status = oidc_verify(&claims, &keys, expected, token, &err);
	if (why ? !strstr(err.message, why) : status < 0)
		fprintf(stderr, "said '%s', not '%s'\n", err.message, why ? why : "");
	CHECK(why ? status < 0 && strstr(err.message, why) : status == 0);
	CHECK(err.kind == (why ? ERROR_DENIED : ERROR_NONE));
	CHECK((claims.len == 0) == (why != NULL));
	jwk_free(&key);
}

static void verify_claims(const struct oidc_expected *expected, const char *claims,
			  const char *why)
{
	auto_buf struct buf token = BUF_EMPTY;

	sign(&token, VECTOR_ED25519, CRYPTO_EDDSA, claims);
	verify(expected, view_of(&token), why);
}

static void a_token_that_is_right_gives_its_claims(void)
{
	const struct oidc_expected expected = usual();

	verify_claims(&expected, "{" GOOD "}", NULL);
	verify_claims(&expected,
		      "{" GOOD ",'nonce':'whatever','groups':['a'],'email':null}", NULL);
	verify_claims(&expected,
		      "{'iss':'" ISSUER "','sub':'jo','aud':['us'],'iat':990,"
		      "'exp':1060,'nbf':1005}",
		      NULL);
}

static void issuer_and_audience_are_ours(void)
{
	const struct oidc_expected expected = usual();

	verify_claims(&expected,
		      "{'iss':'" ISSUER "/','sub':'jo','aud':'us','iat':990,'exp':1060}",
		      "'iss' is not the issuer");
	verify_claims(&expected, "{'sub':'jo','aud':'us','iat':990,'exp':1060}",
		      "'iss' is not the issuer");
	verify_claims(&expected,
		      "{'iss':'" ISSUER "','sub':'jo','aud':'them','iat':990,'exp':1060}",
		      "another audience");
	verify_claims(&expected,
		      "{'iss':'" ISSUER "','sub':'jo','aud':[],'iat':990,'exp':1060}",
		      "another audience");
	verify_claims(&expected, "{'iss':'" ISSUER "','sub':'jo','iat':990,'exp':1060}",
		      "'aud' is missing");
}

static void times_are_checked_with_the_leeway(void)
{
	struct oidc_expected expected = usual();

	expected.now_s = 1064;
	verify_claims(&expected, "{" GOOD "}", NULL);
	expected.now_s = 1065;
	verify_claims(&expected, "{" GOOD "}", "has expired");
	expected.now_s = 985;
	verify_claims(&expected, "{" GOOD "}", NULL);
	expected.now_s = 984;
	verify_claims(&expected, "{" GOOD "}", "'iat' is in the future");
	expected.now_s = NOW;
	verify_claims(&expected, "{" GOOD ",'nbf':1006}", "'nbf' is in the future");
	verify_claims(&expected, "{'iss':'" ISSUER "','sub':'jo','aud':'us','iat':990}",
		      "'exp' is missing");
	verify_claims(&expected, "{'iss':'" ISSUER "','sub':'jo','aud':'us','exp':1060}",
		      "'iat' is missing");
	verify_claims(&expected,
		      "{'iss':'" ISSUER "','sub':'jo','aud':'us','iat':990,'exp':'1060'}",
		      "'exp'");
}

static void a_subject_is_wanted(void)
{
	const struct oidc_expected expected = usual();

	verify_claims(&expected, "{'iss':'" ISSUER "','aud':'us','iat':990,'exp':1060}",
		      "'sub' is missing");
	verify_claims(&expected,
		      "{'iss':'" ISSUER "','sub':'','aud':'us','iat':990,'exp':1060}",
		      "'sub' is missing");
	verify_claims(&expected,
		      "{'iss':'" ISSUER "','sub':7,'aud':'us','iat':990,'exp':1060}",
		      "'sub' is missing");
}

static void the_nonce_is_the_one_that_was_sent(void)
{
	struct oidc_expected expected = usual();

	expected.nonce = "n-1";
	verify_claims(&expected, "{" GOOD ",'nonce':'n-1'}", NULL);
	verify_claims(&expected, "{" GOOD ",'nonce':'n-2'}", "'nonce'");
	verify_claims(&expected, "{" GOOD ",'nonce':'n-1x'}", "'nonce'");
	verify_claims(&expected, "{" GOOD ",'nonce':['n-1']}", "'nonce'");
	verify_claims(&expected, "{" GOOD "}", "'nonce'");
}

/* OpenID Connect Core 3.1.3.7, 4 and 5. */
static void who_asked_for_a_token_of_several_is_us(void)
{
	const struct oidc_expected expected = usual();

	verify_claims(&expected,
		      "{'iss':'" ISSUER "','sub':'jo','aud':['us','them'],'iat':990,"
		      "'exp':1060}",
		      "several audiences and no claim 'azp'");
	verify_claims(&expected,
		      "{'iss':'" ISSUER "','sub':'jo','aud':['us','them'],'iat':990,"
		      "'exp':1060,'azp':'us'}",
		      NULL);
	verify_claims(&expected,
		      "{'iss':'" ISSUER "','sub':'jo','aud':['us','them'],'iat':990,"
		      "'exp':1060,'azp':'them'}",
		      "'azp' is not the audience");
	verify_claims(&expected, "{" GOOD ",'azp':'them'}", "'azp' is not the audience");
}

static void no_name_stands_twice(void)
{
	const struct oidc_expected expected = usual();

	verify_claims(&expected, "{" GOOD ",'sub':'admin'}", "the payload");
	verify_claims(&expected, "['sub']", "the payload");
}

static void algorithms_are_pinned(void)
{
	auto_buf struct buf hmac = BUF_EMPTY;
	auto_buf struct buf p521 = BUF_EMPTY;
	struct oidc_expected expected = usual();

	expected.algorithms = JWS_ALGORITHM(CRYPTO_RS256);
	verify_claims(&expected, "{" GOOD "}", "EdDSA is not allowed here");
	/* What oidc_algorithms leaves out cannot be asked for. */
	expected.algorithms = ~0u;
	sign(&hmac, VECTOR_OCT, CRYPTO_HS256, "{" GOOD "}");
	verify(&expected, view_of(&hmac), "HS256 is not allowed here");
	sign(&p521, VECTOR_P521, CRYPTO_ES512, "{" GOOD "}");
	verify(&expected, view_of(&p521), "ES512 is not allowed here");
}

static void another_signature_or_another_byte_is_none(void)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=";
	const struct oidc_expected expected = usual();
	auto_buf struct buf token = BUF_EMPTY;
	struct jwk key = JWK_EMPTY;
	const struct jwk_set keys = { &key, 1, 0 };

	read_key(&key, VECTOR_ED25519, JWK_PUBLIC);
	sign(&token, VECTOR_ED25519, CRYPTO_EDDSA, "{" GOOD "}");
	for (size_t i = 0; i < token.len; i++) {
		auto_buf struct buf claims = BUF_EMPTY;
		struct error err = { 0 };
		char kept = token.data[i];

		token.data[i] = letters[i % (sizeof(letters) - 1)];
		if (token.data[i] == kept)
			token.data[i] = '~';
		CHECK(oidc_verify(&claims, &keys, &expected, view_of(&token), &err) < 0);
		CHECK(err.kind == ERROR_DENIED && claims.len == 0);
		token.data[i] = kept;
	}
	jwk_free(&key);
}

static void a_token_is_not_endless(void)
{
	const struct oidc_expected expected = usual();
	auto_buf struct buf token = BUF_EMPTY;

	memset(buf_room(&token, OIDC_TOKEN_MAX + 2), 'A', OIDC_TOKEN_MAX + 1);
	buf_grew(&token, OIDC_TOKEN_MAX + 1);
	verify(&expected, view_of(&token), "more than 65536 bytes");
}

static void a_kid_that_is_not_there_is_noticed(void)
{
	static const char named[] = "{'kid':'one'," /* and the rest of the key */;
	auto_buf struct buf text = BUF_EMPTY;
	auto_buf struct buf with_kid = BUF_EMPTY;
	auto_buf struct buf without = BUF_EMPTY;
	struct jwk key = JWK_EMPTY;
	const struct jwk_set none = JWK_SET_EMPTY;
	const struct jwk_set keys = { &key, 1, 0 };

	buf_add_format(&text, "%s%s", named, &VECTOR_ED25519[1]);
	sign(&with_kid, buf_str(&text), CRYPTO_EDDSA, "{" GOOD "}");
	sign(&without, VECTOR_ED25519, CRYPTO_EDDSA, "{" GOOD "}");
	CHECK(oidc_lacks_key(&none, view_of(&with_kid)));
	CHECK(!oidc_lacks_key(&none, view_of(&without)));
	CHECK(!oidc_lacks_key(&none, view("no token")));
	CHECK(!oidc_lacks_key(&none, view("")));
	read_key(&key, buf_str(&text), JWK_PUBLIC);
	CHECK(!oidc_lacks_key(&keys, view_of(&with_kid)));
	jwk_free(&key);
}

/* why NULL: it is read. */
static void discover(const char *document, const char *issuer, const char *why)
{
	auto_oidc_provider struct oidc_provider provider = OIDC_PROVIDER_EMPTY;
	auto_buf struct buf json = BUF_EMPTY;
	struct error err = { 0 };
	int status = 0;

	add_json(&json, document);
	status = oidc_read_discovery(&provider, view_of(&json), issuer, &err);
	if (why ? !strstr(err.message, why) : status < 0)
		fprintf(stderr, "said '%s', not '%s'\n", err.message, why ? why : "");
	CHECK(why ? status < 0 && strstr(err.message, why) : status == 0);
	CHECK(err.kind == (why ? ERROR_DATA : ERROR_NONE));
	CHECK((provider.issuer == NULL) == (why != NULL));
}

static void a_discovery_document_is_its_issuers(void)
{
	discover("{'issuer':'" ISSUER "','jwks_uri':'" ISSUER "/keys'}", ISSUER, NULL);
	discover("{'issuer':'" ISSUER "/','jwks_uri':'" ISSUER "/keys'}", ISSUER,
		 "of another issuer");
	discover("{'jwks_uri':'" ISSUER "/keys'}", ISSUER, "of another issuer");
	discover("{'issuer':'" ISSUER "'}", ISSUER, "no 'jwks_uri'");
	discover("{'issuer':'" ISSUER "','jwks_uri':7}", ISSUER, "no 'jwks_uri'");
	discover("", ISSUER, "the discovery document");
	discover("[]", ISSUER, "the discovery document");
	discover("{'issuer':'" ISSUER "','issuer':'x','jwks_uri':'" ISSUER "/keys'}",
		 ISSUER, "the discovery document");
}

static void its_addresses_are_as_safe_as_the_issuers(void)
{
	static const char local[] = "http://127.0.0.1:8080";

	discover("{'issuer':'" ISSUER "','jwks_uri':'http://issuer.example/keys'}",
		 ISSUER, "'jwks_uri' is no https://");
	discover("{'issuer':'" ISSUER "','jwks_uri':'http://127.0.0.1/keys'}", ISSUER,
		 "'jwks_uri' is no https://");
	discover("{'issuer':'" ISSUER "','jwks_uri':'" ISSUER
		 "/keys','token_endpoint':'http://127.0.0.1/t'}",
		 ISSUER, "'token_endpoint' is no https://");
	discover("{'issuer':'" ISSUER "','jwks_uri':'" ISSUER
		 "/keys','device_authorization_endpoint':'file:///etc/passwd'}",
		 ISSUER, "'device_authorization_endpoint' is no https://");
	discover("{'issuer':'http://127.0.0.1:8080','jwks_uri':'http://127.0.0.1:8080/k'"
		 ",'token_endpoint':'http://localhost/t?x=1'}",
		 local, NULL);
}

static void what_is_no_issuer_is_said(void)
{
	static const char *const good[] = { ISSUER,
					    "https://issuer.example:8443/realms/a",
					    "https://[2001:db8::1]/",
					    "http://127.0.0.1:80",
					    "http://localhost/x",
					    "http://[::1]:8080" };
	static const char *const bad[] = { "",
					   "issuer.example",
					   "https://",
					   "https:///x",
					   "https://:443",
					   "https://user@issuer.example",
					   "https://issuer.example?a",
					   "https://issuer.example#a",
					   "https://issuer.example/%61",
					   "https://issuer.example/a b",
					   "https://issuer.example/\n",
					   "http://issuer.example",
					   "http://127.0.0.1.evil.example",
					   "http://localhost.evil.example",
					   "http://[::1].evil.example",
					   "ftp://issuer.example" };
	auto_buf struct buf deep = BUF_EMPTY;
	struct error err = { 0 };

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CHECK(oidc_check_issuer(good[i], &err) == 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (oidc_check_issuer(bad[i], &err) == 0)
			fprintf(stderr, "'%s'\n", bad[i]);
		CHECK(oidc_check_issuer(bad[i], &err) < 0);
		CHECK(err.kind == ERROR_USAGE);
	}
	buf_add_str(&deep, ISSUER "/");
	while (deep.len < OIDC_ISSUER_MAX)
		buf_add_char(&deep, 'a');
	CHECK(oidc_check_issuer(buf_str(&deep), &err) == 0);
	buf_add_char(&deep, 'a');
	CHECK(oidc_check_issuer(buf_str(&deep), &err) < 0);
}

static const struct check_case cases[] = {
	{ "a_token_that_is_right_gives_its_claims",
	  a_token_that_is_right_gives_its_claims },
	{ "issuer_and_audience_are_ours", issuer_and_audience_are_ours },
	{ "times_are_checked_with_the_leeway", times_are_checked_with_the_leeway },
	{ "a_subject_is_wanted", a_subject_is_wanted },
	{ "the_nonce_is_the_one_that_was_sent", the_nonce_is_the_one_that_was_sent },
	{ "who_asked_for_a_token_of_several_is_us",
	  who_asked_for_a_token_of_several_is_us },
	{ "no_name_stands_twice", no_name_stands_twice },
	{ "algorithms_are_pinned", algorithms_are_pinned },
	{ "another_signature_or_another_byte_is_none",
	  another_signature_or_another_byte_is_none },
	{ "a_token_is_not_endless", a_token_is_not_endless },
	{ "a_kid_that_is_not_there_is_noticed", a_kid_that_is_not_there_is_noticed },
	{ "a_discovery_document_is_its_issuers", a_discovery_document_is_its_issuers },
	{ "its_addresses_are_as_safe_as_the_issuers",
	  its_addresses_are_as_safe_as_the_issuers },
	{ "what_is_no_issuer_is_said", what_is_no_issuer_is_said },
};

CHECK_MAIN(cases)
