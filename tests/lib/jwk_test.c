#include "lib/jwk.h"

#include "lib/base64.h"
#include "tests/lib/jose_vectors.h"

#define SECRET "'k':'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'"
#define P256_X "'x':'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU'"
#define P256_Y "'y':'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0'"
#define P256_D "'d':'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI'"
#define ED_X "'x':'11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo'"

static const char *const sound[] = { VECTOR_OCT,       VECTOR_BILBO_RSA,
				     VECTOR_P256,      VECTOR_P384,
				     VECTOR_P521,      VECTOR_BILBO_P521,
				     VECTOR_BILBO_OCT, VECTOR_ED25519 };

static void keys_of_every_kind(void)
{
	static const enum jwk_kind kinds[] = {
		JWK_OCT,  JWK_RSA,  JWK_P256, JWK_P384,
		JWK_P521, JWK_P521, JWK_OCT,  JWK_ED25519
	};

	for (size_t i = 0; i < sizeof(sound) / sizeof(sound[0]); i++) {
		auto_jwk struct jwk public = JWK_EMPTY;
		auto_jwk struct jwk private = JWK_EMPTY;

		read_key(&public, sound[i], JWK_PUBLIC);
		read_key(&private, sound[i], JWK_PRIVATE);
		CHECK(public.kind == kinds[i] && private.kind == kinds[i]);
		CHECK(public.may_verify && private.may_sign && !public.private.handle);
		CHECK(public.may_sign == (kinds[i] == JWK_OCT));
	}
}

static void names_are_read(void)
{
	auto_jwk struct jwk key = JWK_EMPTY;
	auto_jwk struct jwk bare = JWK_EMPTY;

	read_key(&key, VECTOR_BILBO_OCT, JWK_PUBLIC);
	CHECK_STR(buf_str(&key.alg), "HS256");
	CHECK(key.has_kid);
	CHECK_STR(buf_str(&key.kid), "018c0ae5-4d9b-471b-bfd6-eef314bc7037");
	read_key(&bare, VECTOR_OCT, JWK_PUBLIC);
	CHECK(!bare.has_kid && bare.alg.len == 0);
}

/* A private half that is broken does not matter to who verifies. */
static void verifying_looks_at_the_public_half(void)
{
	static const char broken[] =
		"{'kty':'EC','crv':'P-256'," P256_X "," P256_Y ",'d':'AA','p':7}";
	auto_jwk struct jwk key = JWK_EMPTY;

	read_key(&key, broken, JWK_PUBLIC);
	CHECK(!key.may_sign);
	refuse_key(broken, JWK_PRIVATE, "d has 1 bytes");
}

static void texts_that_are_no_key(void)
{
	static const struct {
		const char *text;
		const char *why;
	} bad[] = {
		{ "", "no JSON" },
		{ "[]", "no JSON object" },
		{ "{'kty':'oct'," SECRET "", "no JSON" },
		{ "{'kty':'oct'," SECRET "," SECRET "}", "a name twice" },
		{ "{'kty':'oct','\\u006bty':'oct'," SECRET "}", "a name twice" },
		{ "{" SECRET "}", "'kty'" },
		{ "{'kty':'OCT'," SECRET "}", "'kty'" },
		{ "{'kty':'none'," SECRET "}", "'kty'" },
		{ "{'kty':5," SECRET "}", "'kty' is no string" },
		{ "{'keys':[{'kty':'oct'," SECRET "}]}", "'kty'" },
		{ "{'kty':'oct'}", "no 'k'" },
		{ "{'kty':'oct','k':5}", "'k' is no string" },
		{ "{'kty':'oct','k':''}", "'k' has 0 bytes" },
		{ "{'kty':'oct','k':'AAAA'}", "'k' has 3 bytes" },
		{ "{'kty':'oct','k':'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'}",
		  "'k' has 31 bytes" },
		{ "{'kty':'oct','k':'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='}",
		  "'k' is no base64url" },
		{ "{'kty':'oct','k':'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB'}",
		  "'k' is no base64url" },
		{ "{'kty':'oct','k':'++++++++++++++++++++++++++++++++++++++++++A'}",
		  "'k' is no base64url" },
		{ "{'kty':'oct','alg':''," SECRET "}", "'alg' is empty" },
		{ "{'kty':'oct','alg':7," SECRET "}", "'alg' is no string" },
		{ "{'kty':'oct','kid':7," SECRET "}", "'kid' is no string" },
		{ "{'kty':'oct','use':['sig']," SECRET "}", "'use' is no string" },
		{ "{'kty':'oct','key_ops':'verify'," SECRET "}",
		  "'key_ops' is no array" },
		{ "{'kty':'oct','key_ops':[1]," SECRET "}", "'key_ops' has no strings" },
		{ "{'kty':'oct','key_ops':['sign','sign']," SECRET "}", "repeats" },
		{ "{'kty':'oct','key_ops':['sign','\\u0073ign']," SECRET "}", "repeats" },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refuse_key(bad[i].text, JWK_PUBLIC, bad[i].why);
}

static void points_that_are_none(void)
{
	static const struct {
		const char *text;
		const char *why;
	} bad[] = {
		{ "{'kty':'EC'," P256_X "," P256_Y "}", "'crv'" },
		{ "{'kty':'EC','crv':'P-192'," P256_X "," P256_Y "}", "'crv'" },
		{ "{'kty':'EC','crv':'secp256k1'," P256_X "," P256_Y "}", "'crv'" },
		{ "{'kty':'EC','crv':'Ed25519'," ED_X "}", "'crv'" },
		{ "{'kty':'OKP','crv':'P-256'," P256_X "," P256_Y "}", "'crv'" },
		{ "{'kty':'OKP','crv':'X25519'," ED_X "}", "'crv'" },
		{ "{'kty':'OKP','crv':'Ed25519'}", "no 'x'" },
		{ "{'kty':'OKP','crv':'Ed25519','x':'AAAA'}", "x has 3 bytes, not 32" },
		{ "{'kty':'EC','crv':'P-256'," P256_X "}", "no 'y'" },
		{ "{'kty':'EC','crv':'P-256'," P256_Y "}", "no 'x'" },
		{ "{'kty':'EC','crv':'P-384'," P256_X "," P256_Y "}",
		  "x has 32 bytes, not 48" },
		{ "{'kty':'EC','crv':'P-256','x':'AH_Nzidw9sRdQYPL7m_bS3tYBzM1e-"
		  "nvE7rPbjx70"
		  "VRF'," P256_Y "}",
		  "x has 33 bytes, not 32" },
		{ "{'kty':'EC','crv':'P-256'," P256_X ",'y':'AAAA'}",
		  "y has 3 bytes, not 32" },
		{ "{'kty':'EC','crv':'P-256'," P256_X
		  ",'y':'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a4'}",
		  "not on the curve" },
		{ "{'kty':'EC','crv':'P-256'"
		  ",'x':'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'"
		  ",'y':'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'}",
		  "not on the curve" },
		{ "{'kty':'EC','crv':'P-256','x':'_____________________________________"
		  "_____8'," P256_Y "}",
		  "not on the curve" },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refuse_key(bad[i].text, JWK_PUBLIC, bad[i].why);
}

/* A modulus and an exponent of these bytes. */
static void refuse_rsa(struct str_view modulus, struct str_view exponent, const char *why)
{
	auto_buf struct buf text = BUF_EMPTY;

	buf_add_str(&text, "{'kty':'RSA','n':'");
	base64url_encode(&text, modulus.data, modulus.len);
	buf_add_str(&text, "','e':'");
	base64url_encode(&text, exponent.data, exponent.len);
	buf_add_str(&text, "'}");
	refuse_key(buf_str(&text), JWK_PUBLIC, why);
}

static void rsa_numbers_that_are_none(void)
{
	static const struct str_view good = { "\1\0\1", 3 };
	static char n[1100];

	memset(n, 0xab, sizeof(n));
	refuse_rsa((struct str_view){ n, 0 }, good, "n begins");
	refuse_rsa((struct str_view){ n, 255 }, good, "2048 bits or more");
	refuse_rsa((struct str_view){ n, 128 }, good, "2048 bits or more");
	refuse_rsa((struct str_view){ n, 1025 }, good, "more than 8192 bits");
	refuse_rsa((struct str_view){ n, 256 }, (struct str_view){ "\1\0\0", 3 },
		   "e is even");
	refuse_rsa((struct str_view){ n, 256 }, (struct str_view){ "\1", 1 }, "e is 1");
	refuse_rsa((struct str_view){ n, 256 }, (struct str_view){ "", 0 }, "e begins");
	refuse_rsa((struct str_view){ n, 256 }, (struct str_view){ "\0\1\0\1", 4 },
		   "e begins");
	refuse_rsa((struct str_view){ n, 256 }, (struct str_view){ n, 9 },
		   "e has more than 8 bytes");
	n[0] = 0x7f;
	refuse_rsa((struct str_view){ n, 256 }, good, "2048 bits or more");
	n[0] = 0;
	refuse_rsa((struct str_view){ n, 257 }, good, "n begins with a zero byte");
	n[0] = 1;
	n[255] = 2;
	refuse_rsa((struct str_view){ n, 256 }, good, "n is even");
}

static void private_halves_that_are_none(void)
{
	static const struct {
		const char *text;
		const char *why;
	} bad[] = {
		{ VECTOR_RSA_PUBLIC, "no 'd'" },
		{ "{'kty':'EC','crv':'P-256'," P256_X "," P256_Y "}", "no 'd'" },
		{ "{'kty':'OKP','crv':'Ed25519'," ED_X "}", "no 'd'" },
		{ "{'kty':'OKP','crv':'Ed25519'," ED_X ",'d':'AAAA'}", "d has 3 bytes" },
		{ "{'kty':'OKP','crv':'Ed25519'," ED_X
		  ",'d':'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2E'}",
		  "does not belong" },
		{ "{'kty':'EC','crv':'P-256'," P256_X "," P256_Y
		  ",'d':'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LM'}",
		  "does not belong" },
		{ "{'kty':'EC','crv':'P-256'," P256_X "," P256_Y
		  ",'d':'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'}",
		  "does not belong" },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refuse_key(bad[i].text, JWK_PRIVATE, bad[i].why);
}

/* Bilbo's key with one member changed or named otherwise. */
static void refuse_changed(const char *from, const char *to, const char *why)
{
	auto_buf struct buf text = BUF_EMPTY;
	const char *at = strstr(VECTOR_BILBO_RSA, from);

	CHECK(at);
	buf_add(&text, VECTOR_BILBO_RSA, (size_t)(at - VECTOR_BILBO_RSA));
	buf_add_str(&text, to);
	buf_add_str(&text, at + strlen(from));
	refuse_key(buf_str(&text), JWK_PRIVATE, why);
}

static void private_rsa_numbers_that_are_none(void)
{
	refuse_changed("'d':'b", "'d':'c", "do not belong together");
	refuse_changed("'p':'3", "'p':'2", "do not belong together");
	refuse_changed("'q':'u", "'q':'t", "do not belong together");
	refuse_changed("'q':'u", "'q':'','r':'", "do not belong together");
	refuse_changed("'p':", "'P':", "no 'p'");
	refuse_changed("'q':", "'Q':", "no 'q'");
	refuse_changed("'dp':", "'DP':", "no 'dp'");
	refuse_changed("'dq':", "'DQ':", "no 'dq'");
	refuse_changed("'qi':", "'QI':", "no 'qi'");
	refuse_changed("'p':", "'oth':[],'p':", "more than two primes");
}

static void check_set(const char *text, size_t count, size_t ignored, const char *why)
{
	auto_jwk_set struct jwk_set set = JWK_SET_EMPTY;
	auto_buf struct buf json = BUF_EMPTY;
	struct error err = { 0 };
	int status = 0;

	add_json(&json, text);
	status = jwk_set_read(&set, view_of(&json), &err);
	CHECK(set.count == count && set.ignored == ignored);
	CHECK(why ? status < 0 && err.kind == ERROR_DATA : status == 0);
	if (why && !strstr(err.message, why))
		fprintf(stderr, "'%s'\n", err.message);
	CHECK(!why || strstr(err.message, why));
}

static void sets_leave_out_what_they_cannot_use(void)
{
	auto_buf struct buf many = BUF_EMPTY;

	check_set("{'keys':[" VECTOR_P256 "," VECTOR_ED25519 "]}", 2, 0, NULL);
	check_set(" { 'x' : 1 , 'keys' : [ {} , " VECTOR_P256 " ,5, {'kty':'x'} ] } ", 1,
		  3, NULL);
	check_set("{'keys':[{'kty':'oct','k':'AA'}]}", 0, 0, "the last one: 'k' has");
	check_set("{'keys':[]}", 0, 0, "no keys");
	check_set("{'keys':{}}", 0, 0, "no array");
	check_set("{'keys':null}", 0, 0, "no array");
	check_set(VECTOR_P256, 0, 0, "no array");
	check_set("[" VECTOR_P256 "]", 0, 0, "no JSON object");
	check_set("{'keys':[" VECTOR_P256 "],'keys':[]}", 0, 0, "a name twice");
	check_set("", 0, 0, "no JSON");
	buf_add_str(&many, "{'keys':[1");
	for (size_t i = 0; i < JWK_SET_MAX; i++)
		buf_add_str(&many, ",1");
	buf_add_str(&many, "]}");
	check_set(buf_str(&many), 0, 0, "has 101 keys");
}

static void texts_are_bounded(void)
{
	auto_buf struct buf text = BUF_EMPTY;

	buf_add_str(&text, "{'kty':'oct','x':'");
	while (text.len < JWK_TEXT_MAX)
		buf_add_char(&text, 'x');
	buf_add_str(&text, "'," SECRET "}");
	refuse_key(buf_str(&text), JWK_PUBLIC, "longer than 65536 bytes");
	buf_clear(&text);
	buf_add_str(&text, "{'kty':'oct','kid':'");
	while (text.len < 2000)
		buf_add_char(&text, 'x');
	buf_add_str(&text, "'," SECRET "}");
	refuse_key(buf_str(&text), JWK_PUBLIC, "'kid' has more than");
	buf_clear(&text);
	buf_add_str(&text, "{'kty':'oct'");
	for (size_t i = 0; i < 100; i++)
		buf_add_format(&text, ",'x%zu':1", i);
	buf_add_str(&text, "," SECRET "}");
	refuse_key(buf_str(&text), JWK_PUBLIC, "too many members");
}

static const struct check_case cases[] = {
	{ "keys_of_every_kind", keys_of_every_kind },
	{ "names_are_read", names_are_read },
	{ "verifying_looks_at_the_public_half", verifying_looks_at_the_public_half },
	{ "texts_that_are_no_key", texts_that_are_no_key },
	{ "points_that_are_none", points_that_are_none },
	{ "rsa_numbers_that_are_none", rsa_numbers_that_are_none },
	{ "private_halves_that_are_none", private_halves_that_are_none },
	{ "private_rsa_numbers_that_are_none", private_rsa_numbers_that_are_none },
	{ "sets_leave_out_what_they_cannot_use", sets_leave_out_what_they_cannot_use },
	{ "texts_are_bounded", texts_are_bounded },
};

CHECK_MAIN(cases)
