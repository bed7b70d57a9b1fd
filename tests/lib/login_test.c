#include "lib/login.h"

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/oidc.h"
#include "lib/str.h"
#include "tests/lib/check.h"

#define NOW INT64_C(1795218310000)

static struct str_view view(const struct buf *text)
{
	return (struct str_view){ buf_str(text), text->len };
}

static void make(struct login *login)
{
	login->issuer = str_dup("https://issuer.example");
	login->endpoint = str_dup("https://issuer.example/token");
	login->client_id = str_dup("us");
	login->subject = str_dup("583231");
	buf_add_str(&login->token.access, "access");
}

static void what_is_written_is_read_again(void)
{
	auto_login struct login login = LOGIN_EMPTY;
	auto_login struct login read = LOGIN_EMPTY;
	auto_buf struct buf text = BUF_EMPTY;
	struct error err = { 0 };

	make(&login);
	login.is_github = true;
	login.client_secret = str_dup("a \"secret\" \\ =\t");
	login.name = str_dup("The \xc3\x89 Cat");
	login.email = str_dup("jo@example.org");
	buf_add_str(&login.token.refresh, "refresh\"");
	login.token.expires_ms = NOW;
	login.token.refresh_expires_ms = NOW + 1000;
	login_write(&text, &login);
	CHECK(login_read(&read, view(&text), &err) == 0);
	CHECK(read.is_github && read.token.expires_ms == NOW &&
	      read.token.refresh_expires_ms == NOW + 1000);
	CHECK_STR(read.issuer, login.issuer);
	CHECK_STR(read.endpoint, login.endpoint);
	CHECK_STR(read.client_id, "us");
	CHECK_STR(read.client_secret, login.client_secret);
	CHECK_STR(read.subject, "583231");
	CHECK_STR(read.name, login.name);
	CHECK_STR(read.email, "jo@example.org");
	CHECK_STR(buf_str(&read.token.access), "access");
	CHECK_STR(buf_str(&read.token.refresh), "refresh\"");
}

static void what_there_is_not_is_not_read(void)
{
	auto_login struct login login = LOGIN_EMPTY;
	auto_login struct login read = LOGIN_EMPTY;
	auto_buf struct buf text = BUF_EMPTY;
	struct error err = { 0 };

	make(&login);
	login_write(&text, &login);
	read.name = str_dup("somebody else");
	CHECK(login_read(&read, view(&text), &err) == 0);
	CHECK(!read.is_github && !read.client_secret && !read.name && !read.email);
	CHECK(read.token.refresh.len == 0 && read.token.expires_ms == 0 &&
	      read.token.refresh_expires_ms == 0);
}

/* Cut anywhere, or with one member gone or of another kind, it is no login. */
static void rubbish_is_refused_and_changes_nothing(void)
{
	static const char *const wanted[] = { "issuer", "endpoint", "client_id",
					      "subject", "access_token" };
	auto_login struct login login = LOGIN_EMPTY;
	auto_login struct login read = LOGIN_EMPTY;
	auto_buf struct buf text = BUF_EMPTY;
	struct error err = { 0 };

	make(&login);
	login_write(&text, &login);
	read.name = str_dup("kept");
	for (size_t len = 0; len < text.len; len++) {
		CHECK(login_read(&read, (struct str_view){ text.data, len }, &err) < 0);
		CHECK(err.kind == ERROR_DENIED && !strstr(err.message, "access"));
	}
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		auto_buf struct buf changed = BUF_EMPTY;
		auto_free char *name = str_format("\"%s\"", wanted[i]);

		buf_add(&changed, text.data, text.len);
		*strstr(changed.data, name) = ' '; /* "name" is name" */
		CHECK(login_read(&read, view(&changed), &err) < 0);
		changed.data[strcspn(changed.data, " ")] = '"';
		strstr(changed.data, name)[1] = 'X';
		CHECK(login_read(&read, view(&changed), &err) < 0);
	}
	CHECK_STR(read.name, "kept");
}

static void a_name_is_made_of_the_issuer(void)
{
	static const char *const pairs[][2] = {
		{ "https://github.com", "user/github.com" },
		{ "https://issuer.example:8443/realms/a_b",
		  "user/issuer.example+8443+realms+a_b" },
		{ "http://[::1]:80", "user/+++1++80" },
		{ "no scheme", "user/no+scheme" },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		auto_free char *name = login_name(pairs[i][0]);

		CHECK_STR(name, pairs[i][1]);
	}
}

static void github_has_its_places_and_an_issuer_its_own(void)
{
	auto_login_places struct login_places places = LOGIN_PLACES_EMPTY;
	const struct oidc_provider provider = {
		.issuer = (char[]){ "https://issuer.example" },
		.jwks_uri = (char[]){ "https://issuer.example/keys" },
		.token_endpoint = (char[]){ "https://issuer.example/token" },
	};

	login_places_github(&places, NULL);
	CHECK_STR(places.issuer, "https://github.com");
	CHECK_STR(places.device, "https://github.com/login/device/code");
	login_places_github(&places, "https://ghes.example/");
	CHECK(places.is_github);
	CHECK_STR(places.issuer, "https://ghes.example");
	CHECK_STR(places.authorization, "https://ghes.example/login/oauth/authorize");
	CHECK_STR(places.token, "https://ghes.example/login/oauth/access_token");
	login_places_issuer(&places, &provider);
	CHECK(!places.is_github && !places.device && !places.authorization);
	CHECK_STR(places.token, "https://issuer.example/token");
}

static void the_address_of_a_login_has_all_that_holds_it_together(void)
{
	auto_login_places struct login_places places = LOGIN_PLACES_EMPTY;
	auto_buf struct buf url = BUF_EMPTY;
	const struct oauth_proof proof = { "verifier", "challenge", "state", "nonce" };
	const struct login_client github = { "Iv1", "the secret", NULL };
	const struct login_client other = { "us", NULL, "openid email" };

	login_places_github(&places, NULL);
	login_address(&url, &places, &github, "http://127.0.0.1:8/callback", &proof);
	CHECK_STR(buf_str(&url),
		  "https://github.com/login/oauth/authorize?response_type=code&"
		  "client_id=Iv1&redirect_uri=http%3A%2F%2F127.0.0.1%3A8%2Fcallback&"
		  "state=state&code_challenge=challenge&code_challenge_method=S256");
	login_places_free(&places);
	places.authorization = str_dup("https://issuer.example/a?realm=b");
	buf_clear(&url);
	login_address(&url, &places, &other, "http://127.0.0.1:8/callback", &proof);
	CHECK(strstr(buf_str(&url), "/a?realm=b&response_type=code&client_id=us&"));
	CHECK(strstr(buf_str(&url), "&scope=openid%20email&state=state&nonce=nonce&"));
	CHECK(!strstr(buf_str(&url), "verifier"));
}

static const struct check_case cases[] = {
	{ "what_is_written_is_read_again", what_is_written_is_read_again },
	{ "what_there_is_not_is_not_read", what_there_is_not_is_not_read },
	{ "rubbish_is_refused_and_changes_nothing",
	  rubbish_is_refused_and_changes_nothing },
	{ "a_name_is_made_of_the_issuer", a_name_is_made_of_the_issuer },
	{ "github_has_its_places_and_an_issuer_its_own",
	  github_has_its_places_and_an_issuer_its_own },
	{ "the_address_of_a_login_has_all_that_holds_it_together",
	  the_address_of_a_login_has_all_that_holds_it_together },
};

CHECK_MAIN(cases)
