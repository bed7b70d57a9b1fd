#include <stdlib.h>
#include <string.h>

#include "bin/tokenmint-login/begun.h"
#include "bin/tokenmint-login/commands.h"
#include "bin/tokenmint-login/identify.h"
#include "bin/tokenmint-login/options.h"
#include "bin/tokenmint-login/visitor.h"
#include "bin/tokenmint-login/world.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/json_write.h"
#include "lib/log.h"
#include "lib/oidc_policy.h"
#include "lib/place.h"
#include "lib/principal.h"
#include "lib/session.h"
#include "lib/session_write.h"

#define ANSWER_MAX 8192

static struct str_view view(const struct buf *text)
{
	return (struct str_view){ buf_str(text), text->len };
}

/* Where this server's people log in. */
static int open_world(struct world *world, const struct visitor *visitor,
		      const struct place *place, struct error *err)
{
	const struct options options = { .issuer = visitor->settings.issuer,
					 .now_ms = date_now_ms() };

	if (world_open(world, &options, place, true, err) < 0)
		return -1;
	if (!world->places.authorization || !world->places.token)
		return error_set(err, ERROR_CONFIG,
				 "issuer '%s' has no login for browsers",
				 world->places.issuer);
	return 0;
}

static const char *scope_of(const struct visitor *visitor)
{
	if (visitor->settings.scope)
		return visitor->settings.scope;
	return visitor->settings.issuer ? "openid email profile" : NULL;
}

static char *redirect_of(const struct visitor *visitor)
{
	return str_format("%s/login/callback", visitor->settings.url);
}

/* The path that somebody wants to come back to, if it may be one. */
static void take_back(struct begun *begun, const struct visitor *visitor)
{
	auto_secret struct buf path = BUF_EMPTY;
	struct error ignored = { 0 };

	if (visitor_text(&path, visitor, "return", &ignored) == 0 &&
	    begun_is_back(buf_str(&path)) && strlen(buf_str(&path)) == path.len)
		memcpy(begun->back, buf_str(&path), path.len + 1);
}

int cmd_visitor_begin(const struct options *options, const struct place *place,
		      struct error *err)
{
	auto_world struct world world = WORLD_NONE;
	auto_visitor struct visitor visitor = VISITOR_EMPTY;
	auto_begun struct begun begun = { .at_ms = options->now_ms };
	auto_buf struct buf url = BUF_EMPTY;
	auto_buf struct buf text = BUF_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;
	auto_free char *redirect = NULL;
	struct json_writer writer = JSON_WRITER(&out);
	struct login_client client = { NULL, NULL, NULL };

	if (visitor_read_settings(&visitor, err) < 0)
		return visitor_refuse(VISITOR_MISCONFIGURED);
	if (open_world(&world, &visitor, place, err) < 0)
		return visitor_refuse(visitor_issuer_fault(err->kind));
	oauth_proof_make(&begun.proof);
	take_back(&begun, &visitor);
	if (begun_seal(&text, &begun, &visitor.settings, &place->vault, err) < 0)
		return visitor_refuse(VISITOR_UNAVAILABLE);
	client.id = visitor.settings.client_id;
	client.scope = scope_of(&visitor);
	redirect = redirect_of(&visitor);
	login_address(&url, &world.places, &client, redirect, &begun.proof);
	json_write_object(&writer, NULL);
	json_write_string(&writer, "location", buf_str(&url));
	json_write_string(&writer, "login", buf_str(&text));
	json_write_object_end(&writer);
	buf_add_char(&out, '\n');
	return place_write(&out, err);
}

/* Somebody who has come back: what is known of them, step by step. */
struct arrival {
	struct visitor visitor;
	struct world world;
	struct begun begun;
	struct login login;
	struct buf claims;
	struct principal principal;
	struct session_tokens tokens;
};

static void arrival_wipe(struct arrival *arrival)
{
	visitor_wipe(&arrival->visitor);
	world_close(&arrival->world);
	begun_wipe(&arrival->begun);
	login_wipe(&arrival->login);
	buf_free(&arrival->claims);
	principal_free(&arrival->principal);
	session_tokens_wipe(&arrival->tokens);
}

#define auto_arrival __attribute__((cleanup(arrival_wipe)))

/* What began the login must be that of this browser. */
static int open_begun(struct arrival *arrival, const struct place *place,
		      struct error *err)
{
	auto_secret struct buf text = BUF_EMPTY;

	if (visitor_text(&text, &arrival->visitor, "login", err) == 0 &&
	    begun_open(&arrival->begun, view(&text), &arrival->visitor.settings,
		       &place->vault, err) == 0)
		return 0;
	return visitor_refuse(err->kind == ERROR_ABSENT ? VISITOR_BAD_LOGIN
							: VISITOR_UNAVAILABLE);
}

static int read_code(struct buf *code, const struct arrival *arrival, struct error *err)
{
	auto_secret struct buf query = BUF_EMPTY;

	if (visitor_text(&query, &arrival->visitor, "query", err) == 0 &&
	    oauth_read_callback(code, view(&query), arrival->begun.proof.state,
				arrival->world.places.issuer, err) == 0)
		return 0;
	return visitor_refuse(err->kind == ERROR_DATA || err->kind == ERROR_USAGE
				      ? VISITOR_BAD_LOGIN
				      : visitor_issuer_fault(err->kind));
}

static int ask_token(struct oauth_answer *answer, struct arrival *arrival,
		     const char *code, const struct buf *secret, struct error *err)
{
	auto_free char *redirect = redirect_of(&arrival->visitor);
	const struct login_client client = { arrival->visitor.settings.client_id,
					     secret->len ? buf_str(secret) : NULL, NULL };
	const struct login_grant grant = { .endpoint = arrival->world.places.token,
					   .code = code,
					   .redirect = redirect,
					   .verifier = arrival->begun.proof.verifier };

	if (login_ask_token(answer, &arrival->world.github.client, &client, &grant, err) <
	    0)
		return -1;
	if (answer->outcome != OAUTH_GIVEN)
		return error_set(err, ERROR_DATA, "the answer makes no sense");
	return 0;
}

/* The tokens of the person are of no use to us once we know who it is: they are not kept. */
static int exchange_code(struct arrival *arrival, struct error *err)
{
	auto_oauth_answer struct oauth_answer answer = OAUTH_ANSWER_EMPTY;
	auto_secret struct buf code = BUF_EMPTY;
	auto_secret struct buf secret = BUF_EMPTY;
	struct login *login = &arrival->login;

	(void)buf_room(&code, OAUTH_QUERY_MAX);
	if (read_code(&code, arrival, err) < 0)
		return -1;
	if (login_settings_secret(&secret, &arrival->visitor.settings, err) < 0)
		return visitor_refuse(VISITOR_MISCONFIGURED);
	login->issuer = str_dup(arrival->world.places.issuer);
	login->is_github = arrival->world.places.is_github;
	login->client_id = str_dup(arrival->visitor.settings.client_id);
	if (ask_token(&answer, arrival, buf_str(&code), &secret, err) < 0) {
		(void)error_wrap(err, "log a visitor in at '%s'", login->issuer);
		return visitor_refuse(visitor_issuer_fault(err->kind));
	}
	login->token = answer.token;
	answer.token = (struct oauth_token)OAUTH_TOKEN_EMPTY;
	return 0;
}

static int identify(struct arrival *arrival, const struct place *place, struct error *err)
{
	const struct identify with = { place, arrival->begun.proof.nonce, date_now_ms() };
	struct login *login = &arrival->login;

	if (identify_person(login, &arrival->claims, &arrival->world, &with, err) == 0)
		return 0;
	(void)error_wrap(err, "log a visitor in at '%s'", login->issuer);
	return visitor_refuse(err->kind == ERROR_DENIED
				      ? VISITOR_ISSUER_WRONG
				      : visitor_issuer_fault(err->kind));
}

/* Nobody gets in by default. */
static int apply_rules(struct arrival *arrival, struct error *err)
{
	struct principal *principal = &arrival->principal;
	const char *place = arrival->world.name + strlen("user/");
	char *subject = str_format("user:%s@%s", place, arrival->login.subject);
	bool found = false;
	int status = oidc_policy_apply(principal, &found,
				       view(&arrival->visitor.settings.text),
				       view(&arrival->claims), err);

	free(principal->subject);
	principal->subject = subject;
	if (status < 0)
		return visitor_refuse(VISITOR_MISCONFIGURED);
	if (found)
		return 0;
	(void)error_set(err, ERROR_ABSENT, "no rule lets %.200s (%.80s) in", subject,
			arrival->login.name ? arrival->login.name : "without a name");
	return visitor_refuse(VISITOR_NOT_ALLOWED);
}

/* It ends with the first refresh token: who was let in shows again who they are each week. */
static int issue(struct arrival *arrival, const struct options *options,
		 const struct place *place, struct error *err)
{
	auto_session_store struct session_store store = SESSION_STORE_NONE;
	const struct session_wish wish = { .principal = &arrival->principal,
					   .audience = arrival->visitor.settings.url,
					   .until_ms = options->now_ms +
						       SESSION_REFRESH_S * 1000LL,
					   .now_ms = options->now_ms };

	if (session_store_open(&store, &place->layout, &place->vault, err) == 0 &&
	    session_issue(&arrival->tokens, &store, &wish, err) == 0)
		return 0;
	return visitor_refuse(VISITOR_UNAVAILABLE);
}

static int tell(const struct arrival *arrival, const struct options *options,
		struct error *err)
{
	auto_secret struct buf out = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&out);

	(void)buf_room(&out, ANSWER_MAX);
	json_write_object(&writer, NULL);
	json_write_string(&writer, "subject", arrival->principal.subject);
	json_write_string(&writer, "name", arrival->login.name);
	json_write_string(&writer, "return", arrival->begun.back);
	session_write_tokens(&writer, &arrival->tokens, options->now_ms);
	json_write_object_end(&writer);
	buf_add_char(&out, '\n');
	return place_write(&out, err);
}

int cmd_visitor_finish(const struct options *options, const struct place *place,
		       struct error *err)
{
	auto_arrival struct arrival arrival = { .visitor = VISITOR_EMPTY,
						.world = WORLD_NONE,
						.login = LOGIN_EMPTY,
						.claims = BUF_EMPTY,
						.principal = PRINCIPAL_EMPTY,
						.tokens = SESSION_TOKENS_EMPTY };

	if (visitor_read_settings(&arrival.visitor, err) < 0)
		return visitor_refuse(VISITOR_MISCONFIGURED);
	if (open_begun(&arrival, place, err) < 0)
		return -1;
	if (open_world(&arrival.world, &arrival.visitor, place, err) < 0)
		return visitor_refuse(visitor_issuer_fault(err->kind));
	if (exchange_code(&arrival, err) < 0 || identify(&arrival, place, err) < 0 ||
	    apply_rules(&arrival, err) < 0 || issue(&arrival, options, place, err) < 0)
		return -1;
	log_notice("session %s of %s (%s) at %s begins", arrival.tokens.id,
		   arrival.principal.subject,
		   arrival.login.name ? arrival.login.name : "without a name",
		   arrival.visitor.settings.url);
	return tell(&arrival, options, err);
}
