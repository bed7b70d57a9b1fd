#include "lib/oauth.h"

#include "lib/base64.h"
#include "lib/crypto.h"
#include "lib/error.h"
#include "tests/lib/check.h"

#define NOW INT64_C(1795218310123)
#define DEVICE "\"device_code\":\"d\",\"user_code\":\"WDJB-MJHT\""
#define STATE "s-1"
#define ISSUER "https://issuer.example"

static struct str_view view(const char *text)
{
	return (struct str_view){ text, strlen(text) };
}

static void parameters_are_encoded(void)
{
	auto_buf struct buf form = BUF_EMPTY;

	oauth_add_parameter(&form, "a", "x y+z&=%/~._-");
	oauth_add_parameter(&form, "b", "");
	oauth_add_parameter(&form, "c", "\xc3\xa4\n");
	CHECK_STR(buf_str(&form), "a=x%20y%2Bz%26%3D%25%2F~._-&b=&c=%C3%A4%0A");
}

/* RFC 7636 4.2 and its appendix B. */
static void a_proof_is_random_and_its_challenge_is_the_verifiers(void)
{
	struct oauth_proof a = { .verifier = "" };
	struct oauth_proof b = { .verifier = "" };
	auto_buf struct buf challenge = BUF_EMPTY;
	uint8_t digest[CRYPTO_SHA256_LEN];

	oauth_proof_make(&a);
	oauth_proof_make(&b);
	CHECK(strlen(a.verifier) == 43 && strlen(a.state) == 43 && strlen(a.nonce) == 43);
	CHECK(strcmp(a.verifier, b.verifier) != 0 && strcmp(a.state, b.state) != 0 &&
	      strcmp(a.nonce, b.nonce) != 0 && strcmp(a.state, a.nonce) != 0);
	crypto_sha256(digest, a.verifier, strlen(a.verifier));
	base64url_encode(&challenge, digest, sizeof(digest));
	CHECK_STR(a.challenge, buf_str(&challenge));
}

static void a_token_comes_with_what_belongs_to_it(void)
{
	auto_oauth_answer struct oauth_answer answer = OAUTH_ANSWER_EMPTY;
	struct error err = { 0 };

	CHECK(oauth_read_token(&answer,
			       view("{\"access_token\":\"gh\\u0075_1\",\"expires_in\":60,"
				    "\"refresh_token\":\"ghr_1\",\"id_token\":\"a.b.c\","
				    "\"refresh_token_expires_in\":3600,\"scope\":\"\"}"),
			       NOW, &err) == 0);
	CHECK(answer.outcome == OAUTH_GIVEN);
	CHECK_STR(buf_str(&answer.token.access), "ghu_1");
	CHECK_STR(buf_str(&answer.token.refresh), "ghr_1");
	CHECK_STR(buf_str(&answer.token.id), "a.b.c");
	CHECK(answer.token.expires_ms == NOW + 60000);
	CHECK(answer.token.refresh_expires_ms == NOW + 3600000);
	/* What there was is replaced, and ends that nobody could mean are none. */
	CHECK(oauth_read_token(&answer,
			       view("{\"access_token\":\"two\",\"expires_in\":0,"
				    "\"refresh_token_expires_in\":99999999999}"),
			       NOW, &err) == 0);
	CHECK_STR(buf_str(&answer.token.access), "two");
	CHECK(answer.token.refresh.len == 0 && answer.token.id.len == 0);
	CHECK(answer.token.expires_ms == 0 && answer.token.refresh_expires_ms == 0);
}

/* GitHub gives errors with status 200, RFC 6749 with 400: the body alone counts. */
static void errors_are_told_apart(void)
{
	static const struct {
		const char *code;
		enum error_kind kind;
	} errors[] = {
		{ "access_denied", ERROR_DENIED },
		{ "expired_token", ERROR_TEMPORARY },
		{ "token_expired", ERROR_TEMPORARY },
		{ "bad_verification_code", ERROR_TEMPORARY },
		{ "incorrect_device_code", ERROR_TEMPORARY },
		{ "invalid_grant", ERROR_DENIED },
		{ "bad_refresh_token", ERROR_DENIED },
		{ "device_flow_disabled", ERROR_CONFIG },
		{ "incorrect_client_credentials", ERROR_CONFIG },
		{ "invalid_client", ERROR_CONFIG },
		{ "unauthorized_client", ERROR_CONFIG },
		{ "unsupported_grant_type", ERROR_CONFIG },
		{ "redirect_uri_mismatch", ERROR_CONFIG },
		{ "invalid_scope", ERROR_CONFIG },
		{ "temporarily_unavailable", ERROR_TEMPORARY },
		{ "server_error", ERROR_TEMPORARY },
		{ "something_new", ERROR_DENIED },
		{ "", ERROR_DENIED },
	};

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		auto_oauth_answer struct oauth_answer answer = OAUTH_ANSWER_EMPTY;
		auto_oauth_device struct oauth_device device = OAUTH_DEVICE_EMPTY;
		auto_buf struct buf body = BUF_EMPTY;
		struct error err = { 0 };

		buf_add_format(&body,
			       "{\"error\":\"%s\",\"access_token\":\"t\"," DEVICE
			       ",\"verification_uri\":\"x\"}",
			       errors[i].code);
		CHECK(oauth_read_token(&answer, view(buf_str(&body)), NOW, &err) < 0);
		CHECK(err.kind == errors[i].kind && answer.token.access.len == 0);
		CHECK(strstr(err.message, errors[i].code));
		CHECK(oauth_read_device(&device, view(buf_str(&body)), &err) < 0);
		CHECK(err.kind == errors[i].kind && !device.device_code);
	}
}

static void an_issuers_words_are_shown_without_tricks(void)
{
	auto_oauth_answer struct oauth_answer answer = OAUTH_ANSWER_EMPTY;
	struct error err = { 0 };

	CHECK(oauth_read_token(&answer,
			       view("{\"error\":\"odd\\u001b[2J\",\"error_description\":"
				    "\"two\\nlines \\u00e4\"}"),
			       NOW, &err) < 0);
	CHECK_STR(err.message, "it was refused (odd?[2J: two?lines \?\?)");
}

static void pending_and_slower_are_no_errors(void)
{
	auto_oauth_answer struct oauth_answer answer = OAUTH_ANSWER_EMPTY;
	struct error err = { 0 };

	CHECK(oauth_read_token(&answer, view("{\"error\":\"authorization_pending\"}"),
			       NOW, &err) == 0);
	CHECK(answer.outcome == OAUTH_PENDING && answer.token.access.len == 0);
	CHECK(oauth_read_token(&answer, view("{\"error\":\"slow_down\",\"interval\":10}"),
			       NOW, &err) == 0);
	CHECK(answer.outcome == OAUTH_SLOWER && answer.interval_s == 10);
	CHECK(oauth_read_token(&answer, view("{\"error\":\"slow_down\"}"), NOW, &err) ==
	      0);
	CHECK(answer.outcome == OAUTH_SLOWER && answer.interval_s == 0);
	CHECK(oauth_read_token(&answer,
			       view("{\"error\":\"slow_down\",\"interval\":99999}"), NOW,
			       &err) == 0);
	CHECK(answer.interval_s == 0);
}

static void no_token(const char *body)
{
	auto_oauth_answer struct oauth_answer answer = OAUTH_ANSWER_EMPTY;
	struct error err = { 0 };

	CHECK(oauth_read_token(&answer, view(body), NOW, &err) < 0);
	CHECK(err.kind == ERROR_DATA && answer.token.access.len == 0);
}

static void an_answer_without_a_token_makes_no_sense(void)
{
	static const char *const bodies[] = { "",
					      "{}",
					      "[]",
					      "token=x",
					      "{\"access_token\":\"\"}",
					      "{\"access_token\":7}",
					      "{\"access_token\":\"a\\u0000b\"}",
					      "{\"access_token\":\"a\"}x",
					      "{\"access_token\":\"a\",}" };

	no_token("{\"access_token\":\"a\",\"access_token\":\"b\"}");
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
		no_token(bodies[i]);
}

static void a_device_answer_is_read_with_its_defaults(void)
{
	auto_oauth_device struct oauth_device device = OAUTH_DEVICE_EMPTY;
	struct error err = { 0 };

	CHECK(oauth_read_device(&device,
				view("{" DEVICE ",\"verification_uri\":\"https://x/d\","
				     "\"expires_in\":600,\"interval\":7}"),
				&err) == 0);
	CHECK_STR(device.device_code, "d");
	CHECK_STR(device.user_code, "WDJB-MJHT");
	CHECK_STR(device.address, "https://x/d");
	CHECK(device.expires_s == 600 && device.interval_s == 7);
	CHECK(oauth_read_device(&device,
				view("{" DEVICE ",\"verification_url\":\"https://y\"}"),
				&err) == 0);
	CHECK_STR(device.address, "https://y");
	CHECK(device.expires_s == 900 && device.interval_s == 5);
	CHECK(oauth_read_device(&device,
				view("{" DEVICE ",\"verification_uri\":\"https://y\","
				     "\"expires_in\":1e9,\"interval\":0}"),
				&err) == 0);
	CHECK(device.expires_s == 900 && device.interval_s == 1);
}

static void a_device_answer_that_lacks_something_makes_no_sense(void)
{
	static const char *const bodies[] = {
		"",
		"{}",
		"{" DEVICE "}",
		"{" DEVICE ",\"verification_uri\":\"\"}",
		"{" DEVICE ",\"verification_uri\":\"https://x y\"}",
		"{" DEVICE ",\"verification_uri\":\"https://x\\u001b\"}",
		("{\"device_code\":\"d\",\"user_code\":\"A\\nB\","
		 "\"verification_uri\":\"https://x\"}"),
		"{\"user_code\":\"A\",\"verification_uri\":\"https://x\"}"
	};

	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		auto_oauth_device struct oauth_device device = OAUTH_DEVICE_EMPTY;
		struct error err = { 0 };

		CHECK(oauth_read_device(&device, view(bodies[i]), &err) < 0);
		CHECK(err.kind == ERROR_DATA && !device.device_code);
	}
}

/* code NULL: it is refused so. */
static void come_back(const char *query, const char *code, enum error_kind kind)
{
	auto_buf struct buf got = BUF_EMPTY;
	struct error err = { 0 };
	int status = oauth_read_callback(&got, view(query), STATE, ISSUER, &err);

	if (err.kind != kind)
		fprintf(stderr, "'%s': '%s'\n", query, err.message);
	CHECK(err.kind == kind && (status == 0) == (code != NULL));
	CHECK_STR(buf_str(&got), code ? code : "");
}

static void a_browser_comes_back_with_a_code(void)
{
	come_back("code=abc&state=" STATE, "abc", ERROR_NONE);
	come_back("state=" STATE "&other&code=a%2Fb%2b+c", "a/b+ c", ERROR_NONE);
	come_back("code=x&iss=https%3A%2F%2Fissuer.example&state=" STATE, "x",
		  ERROR_NONE);
}

static void another_login_is_not_ours(void)
{
	come_back("code=x", NULL, ERROR_DATA);
	come_back("code=x&state=", NULL, ERROR_DATA);
	come_back("code=x&state=s-2", NULL, ERROR_DATA);
	come_back("code=x&state=" STATE "x", NULL, ERROR_DATA);
	come_back("code=x&STATE=" STATE, NULL, ERROR_DATA);
	come_back("error=access_denied&state=s-2", NULL, ERROR_DATA);
}

/* RFC 9207: who answers is who was asked. */
static void another_issuer_is_refused(void)
{
	come_back("code=x&iss=https://evil.example&state=" STATE, NULL, ERROR_DENIED);
	come_back("code=x&iss=&state=" STATE, NULL, ERROR_DENIED);
	come_back("code=x&iss=" ISSUER "/&state=" STATE, NULL, ERROR_DENIED);
}

static void a_refusal_says_why(void)
{
	come_back("error=access_denied&state=" STATE, NULL, ERROR_DENIED);
	come_back("error=temporarily_unavailable&code=x&state=" STATE, NULL,
		  ERROR_TEMPORARY);
	come_back("error=&state=" STATE, NULL, ERROR_DENIED);
}

static void a_query_that_is_odd_is_none(void)
{
	auto_buf struct buf query = BUF_EMPTY;

	come_back("", NULL, ERROR_DATA);
	come_back("&&&", NULL, ERROR_DATA);
	come_back("code&state=" STATE, NULL, ERROR_DATA);
	come_back("code=x&code=x&state=" STATE, NULL, ERROR_DATA);
	come_back("code=x&state=" STATE "&state=" STATE, NULL, ERROR_DATA);
	come_back("code=%&state=" STATE, NULL, ERROR_DATA);
	come_back("code=%4&state=" STATE, NULL, ERROR_DATA);
	come_back("code=%zz&state=" STATE, NULL, ERROR_DATA);
	come_back("code=a%00b&state=" STATE, NULL, ERROR_DATA);
	buf_add_str(&query, "code=x&state=" STATE "&pad=");
	while (query.len <= OAUTH_QUERY_MAX)
		buf_add_char(&query, 'a');
	come_back(buf_str(&query), NULL, ERROR_DATA);
}

static const struct check_case cases[] = {
	{ "parameters_are_encoded", parameters_are_encoded },
	{ "a_proof_is_random_and_its_challenge_is_the_verifiers",
	  a_proof_is_random_and_its_challenge_is_the_verifiers },
	{ "a_token_comes_with_what_belongs_to_it",
	  a_token_comes_with_what_belongs_to_it },
	{ "errors_are_told_apart", errors_are_told_apart },
	{ "an_issuers_words_are_shown_without_tricks",
	  an_issuers_words_are_shown_without_tricks },
	{ "pending_and_slower_are_no_errors", pending_and_slower_are_no_errors },
	{ "an_answer_without_a_token_makes_no_sense",
	  an_answer_without_a_token_makes_no_sense },
	{ "a_device_answer_is_read_with_its_defaults",
	  a_device_answer_is_read_with_its_defaults },
	{ "a_device_answer_that_lacks_something_makes_no_sense",
	  a_device_answer_that_lacks_something_makes_no_sense },
	{ "a_browser_comes_back_with_a_code", a_browser_comes_back_with_a_code },
	{ "another_login_is_not_ours", another_login_is_not_ours },
	{ "another_issuer_is_refused", another_issuer_is_refused },
	{ "a_refusal_says_why", a_refusal_says_why },
	{ "a_query_that_is_odd_is_none", a_query_that_is_odd_is_none },
};

CHECK_MAIN(cases)
