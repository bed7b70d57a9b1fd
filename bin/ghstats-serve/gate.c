#include "bin/ghstats-serve/gate.h"

#include <string.h>
#include <strings.h>

#include "bin/ghstats-serve/answer.h"
#include "bin/ghstats-serve/cookie.h"
#include "lib/buf.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/http_server.h"
#include "lib/oauth.h"

void gate_close(struct gate *gate)
{
	for (int i = 0; i < GATE_SEEN; i++)
		session_free(&gate->seen[i].session);
	login_settings_free(&gate->settings);
	session_verifier_close(&gate->verifier);
}

bool gate_cookie(struct str_view *value, const struct gate *gate,
		 const struct http_exchange *exchange, int kind)
{
	const char *header = http_header(exchange, "Cookie");

	return header &&
	       cookie_find(value, header,
			   cookie_name((enum cookie_kind)kind,
				       login_settings_is_https(&gate->settings)));
}

void gate_set_cookie(struct http_exchange *exchange, const struct gate *gate, int kind,
		     const char *value, int64_t age_s)
{
	auto_secret struct buf text = BUF_EMPTY;
	bool https = login_settings_is_https(&gate->settings);

	cookie_write(&text, cookie_name((enum cookie_kind)kind, https),
		     value ? value : "", value ? age_s : 0);
	http_answer_header(exchange, "Set-Cookie", buf_str(&text));
}

/* RFC 6750 2.1 */
static bool find_bearer(struct str_view *token, const struct http_exchange *exchange)
{
	static const char scheme[] = "Bearer ";
	const char *text = http_header(exchange, "Authorization");

	if (!text || strncasecmp(text, scheme, strlen(scheme)) != 0)
		return false;
	text += strlen(scheme);
	text += strspn(text, " ");
	*token = (struct str_view){ text, strlen(text) };
	return true;
}

static void copy_session(struct session *to, const struct session *from)
{
	session_free(to);
	*to = *from;
	to->principal.subject = str_dup(from->principal.subject);
	to->principal.name_space = str_dup(from->principal.name_space);
}

int gate_verify(struct session *session, struct gate *gate, struct str_view token,
		struct error *err)
{
	const struct session_proof proof = { token, gate->settings.url, date_now_ms() };
	uint8_t digest[CRYPTO_SHA256_LEN] = { 0 };
	struct gate_seen *seen;

	crypto_sha256(digest, token.data, token.len);
	seen = &gate->seen[digest[0] % GATE_SEEN];
	if (seen->session.principal.subject &&
	    crypto_equal(seen->digest, digest, sizeof(digest)) &&
	    !session_has_ended(&seen->session, &gate->verifier, proof.now_ms)) {
		copy_session(session, &seen->session);
		return 0;
	}
	/* the first session makes the keys, maybe after we began */
	if (gate->verifier.dir < 0 &&
	    session_verifier_open(&gate->verifier, gate->layout, err) < 0) {
		err->kind = ERROR_ABSENT;
		return -1;
	}
	if (session_verify(session, &gate->verifier, &proof, err) < 0)
		return -1;
	memcpy(seen->digest, digest, sizeof(digest));
	copy_session(&seen->session, session);
	return 0;
}

int gate_session(struct session *session, bool *by_header, struct gate *gate,
		 const struct http_exchange *exchange, struct error *err)
{
	struct str_view token = { NULL, 0 };

	*by_header = find_bearer(&token, exchange);
	if (!*by_header && !gate_cookie(&token, gate, exchange, COOKIE_SESSION))
		return error_set(err, ERROR_ABSENT, "no session");
	return gate_verify(session, gate, token, err);
}

bool gate_allows(struct http_exchange *exchange, const struct session *session)
{
	if (principal_may(&session->principal, http_method(exchange), http_path(exchange),
			  NULL))
		return true;
	http_answer_header(exchange, "Cache-Control", "no-store");
	http_answer_error(exchange, 403, "forbidden",
			  "the roles of this session do not allow it");
	return false;
}

bool gate_wants_page(const struct http_exchange *exchange)
{
	const char *accept = http_header(exchange, "Accept");

	return accept && strcasestr(accept, "text/html");
}

/* An address in a form's action: percent-encoded, so that it cannot be HTML. */
static void add_action(struct buf *action, const struct http_exchange *exchange)
{
	auto_buf struct buf back = BUF_EMPTY;

	answer_address(&back, exchange);
	buf_cut(&back, back.len - 1); /* "?" without parameters, "&" behind them */
	oauth_add_parameter(action, "return", buf_str(&back));
}

static void answer_page(struct http_exchange *exchange)
{
	auto_buf struct buf page = BUF_EMPTY;
	auto_buf struct buf action = BUF_EMPTY;

	add_action(&action, exchange);
	buf_add_format(&page,
		       "<!DOCTYPE html><title>ghstats</title>\n"
		       "<form method=\"post\" action=\"/login?%s\">"
		       "<button>Log in</button></form>\n",
		       buf_str(&action));
	http_answer_header(exchange, "Content-Security-Policy",
			   "default-src 'none'; frame-ancestors 'none'");
	/* without it browsers would not tell us that the form was ours */
	http_answer_header(exchange, "Referrer-Policy", "same-origin");
	http_answer(exchange, 401, "text/html; charset=utf-8", page.data, page.len);
}

void gate_refuse(struct http_exchange *exchange, bool was_token)
{
	http_answer_header(exchange, "WWW-Authenticate",
			   was_token ? "Bearer realm=\"ghstats\", error=\"invalid_token\""
				     : "Bearer realm=\"ghstats\"");
	http_answer_header(exchange, "Cache-Control", "no-store");
	if (gate_wants_page(exchange) && str_equal(http_method(exchange), "GET"))
		answer_page(exchange);
	else
		http_answer_error(exchange, 401, "unauthorized",
				  "this wants a session: POST /login, or send an access "
				  "token as Authorization: Bearer");
}

bool gate_is_ours(const struct gate *gate, const struct http_exchange *exchange)
{
	const char *site = http_header(exchange, "Sec-Fetch-Site");
	const char *origin = http_header(exchange, "Origin");

	if (site && !str_equal(site, "same-origin") && !str_equal(site, "none"))
		return false;
	return !origin || str_equal_nocase(origin, gate->settings.url);
}
