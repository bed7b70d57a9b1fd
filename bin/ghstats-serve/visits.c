#include "bin/ghstats-serve/visits.h"

#include <stdlib.h>
#include <string.h>

#include "bin/ghstats-serve/cookie.h"
#include "bin/ghstats-serve/outcome.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/http_server.h"
#include "lib/json_write.h"
#include "lib/layout.h"
#include "lib/log.h"
#include "lib/oauth.h"
#include "lib/path.h"

#define HOME "/stats"
#define LOGIN_S 600 /* a login that takes longer begins anew */

enum {
	BODY_MAX = 4096,
	LOGINS_ALL = 120, /* in a minute */
	LOGINS_ONE = 30,
	LOGINS_WAITING = 32,
	RENEWALS_ALL = 600,
	RENEWALS_ONE = 120,
};

/* One who waits for a helper. */
struct visit {
	struct visits *visits;
	struct http_exchange *exchange;
};

typedef void route_fn(struct http_exchange *exchange, struct visits *visits);

static route_fn log_in, come_back, log_out;

static const struct route {
	const char *path;
	const char *method;
	route_fn *run;
	bool is_login;
} routes[] = {
	{ "/login", "POST", log_in, true },
	{ "/login/callback", "GET", come_back, true },
	{ "/logout", "POST", log_out, false },
};

static const struct route *find_route(const char *path)
{
	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++)
		if (str_equal(routes[i].path, path))
			return &routes[i];
	return NULL;
}

bool visits_has(const char *path)
{
	return find_route(path) != NULL;
}

static void complain(const char *message)
{
	log_warning("%s", message);
}

int visits_open(struct visits *visits, const char *file, const struct layout *layout,
		bool quiet, struct error *err)
{
	*visits = (struct visits){ .gate = GATE_EMPTY };
	if (login_settings_load(&visits->gate.settings, file, err) < 0)
		return -1;
	visits->gate.layout = layout;
	visits->program = path_join(layout->libexec, "tokenmint-login");
	visits->attempts.of_all = LOGINS_ALL;
	visits->attempts.of_one = LOGINS_ONE;
	visits->renewals.gate = &visits->gate;
	visits->renewals.helpers = &visits->helpers;
	visits->renewals.attempts.of_all = RENEWALS_ALL;
	visits->renewals.attempts.of_one = RENEWALS_ONE;
	helpers_open(&visits->helpers, visits->program, "logins", complain);
	visits->helpers.is_quiet = quiet;
	visits->helpers.waiting_limit = LOGINS_WAITING;
	return 0;
}

void visits_close(struct visits *visits)
{
	gate_close(&visits->gate);
	free(visits->program);
	visits->program = NULL;
}

void visits_attach(struct visits *visits, struct http_server *server)
{
	visits->helpers.server = server;
}

void visits_detach(struct visits *visits)
{
	helpers_close(&visits->helpers);
}

/* What there is to say stands in the head. */
static bool has_large_body(const struct http_exchange *exchange)
{
	uint64_t length = 0;

	return http_has_body(exchange) &&
	       (!http_length(exchange, &length) || length > BODY_MAX);
}

void visits_begin(struct http_exchange *exchange, struct visits *visits)
{
	const struct route *route = find_route(http_path(exchange));

	if (!str_equal(http_method(exchange), route->method)) {
		http_answer_header(exchange, "Allow", route->method);
		http_answer_error(exchange, 405, "method_not_allowed",
				  "this wants another method");
	} else if (has_large_body(exchange)) {
		http_answer_error(exchange, 413, "body_too_large", "this wants no body");
	} else if (str_equal(route->method, "POST") &&
		   !gate_is_ours(&visits->gate, exchange)) {
		log_warning("%s from %s is refused: a page of another site sent it",
			    route->path, http_remote(exchange));
		http_answer_error(exchange, 403, "cross_site",
				  "pages of other sites may not ask for this");
	} else if (route->is_login &&
		   !attempts_take(&visits->attempts, http_remote(exchange),
				  date_steady_ms())) {
		outcome_too_often(exchange);
	}
}

void visits_end(struct http_exchange *exchange, struct visits *visits)
{
	find_route(http_path(exchange))->run(exchange, visits);
}

bool visits_admit(struct http_exchange *exchange, struct visits *visits)
{
	auto_session struct session session = SESSION_EMPTY;
	struct str_view token = { NULL, 0 };
	struct error err = { 0 };
	bool by_header = false;

	if (gate_session(&session, &by_header, &visits->gate, exchange, &err) == 0)
		return gate_allows(exchange, &session);
	if (!by_header && gate_cookie(&token, &visits->gate, exchange, COOKIE_REFRESH)) {
		renewals_join(exchange, &visits->renewals, token);
		return false;
	}
	log_debug("%s from %s: %s", http_path(exchange), http_remote(exchange),
		  err.message);
	gate_refuse(exchange, by_header);
	return false;
}

/* Ask a helper; done gets a visit, which it ends. */
static void ask(struct http_exchange *exchange, struct visits *visits,
		const struct helper_ask *wanted, const struct buf *question)
{
	struct visit *visit = calloc(1, sizeof(*visit));
	struct helper_ask with_visit = *wanted;
	struct error err = { 0 };

	if (!visit)
		abort();
	visit->visits = visits;
	visit->exchange = exchange;
	with_visit.context = visit;
	if (helpers_ask(&visits->helpers, &with_visit, question, &err) == 0)
		return;
	log_error("%s from %s: %s", http_path(exchange), http_remote(exchange),
		  err.message);
	free(visit);
	outcome_busy(exchange);
}

static struct visit end_visit(struct visit *visit)
{
	struct visit ended = *visit;

	free(visit);
	return ended;
}

/* A question that is about the settings; the caller goes on, and ends the object. */
static void begin_question(struct json_writer *writer, const struct visits *visits)
{
	const struct buf *text = &visits->gate.settings.text;

	(void)buf_room(writer->out, text->len + 32768); /* no copies stay behind */
	json_write_object(writer, NULL);
	json_write_raw(writer, "settings", text->data, text->len);
}

static void go_on(struct http_exchange *exchange, const char *address)
{
	http_answer_header(exchange, "Cache-Control", "no-store");
	http_answer_header(exchange, "Referrer-Policy", "no-referrer");
	http_answer_header(exchange, "Location", address);
	http_answer(exchange, 303, NULL, "", 0);
}

static void on_begun(void *context, struct str_view answer)
{
	const struct visit visit = end_visit(context);
	auto_free char *location = NULL;
	auto_free char *login = NULL;

	if (outcome_is_good(answer)) {
		location = outcome_text(answer, "location");
		login = outcome_text(answer, "login");
	}
	if (!location || !login) {
		outcome_refuse(visit.exchange, answer);
		return;
	}
	gate_set_cookie(visit.exchange, &visit.visits->gate, COOKIE_LOGIN, login,
			LOGIN_S);
	go_on(visit.exchange, location);
}

static void log_in(struct http_exchange *exchange, struct visits *visits)
{
	static const struct helper_ask begin = {
		{ "visitor", "begin" }, false, on_begun, NULL
	};
	auto_secret struct buf question = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&question);

	begin_question(&writer, visits);
	json_write_string(&writer, "return", http_query(exchange, "return"));
	json_write_object_end(&writer);
	ask(exchange, visits, &begin, &question);
}

static void on_finished(void *context, struct str_view answer)
{
	const struct visit visit = end_visit(context);
	const struct gate *gate = &visit.visits->gate;
	auto_free char *access = NULL;
	auto_free char *refresh = NULL;
	auto_free char *back = NULL;

	gate_set_cookie(visit.exchange, gate, COOKIE_LOGIN, NULL, 0);
	if (outcome_is_good(answer)) {
		access = outcome_text(answer, "access_token");
		refresh = outcome_text(answer, "refresh_token");
		back = outcome_text(answer, "return");
	}
	if (!access || !refresh) {
		outcome_refuse(visit.exchange, answer);
		return;
	}
	gate_set_cookie(visit.exchange, gate, COOKIE_SESSION, access,
			outcome_number(answer, "expires_in"));
	gate_set_cookie(visit.exchange, gate, COOKIE_REFRESH, refresh,
			outcome_number(answer, "refresh_expires_in"));
	go_on(visit.exchange, back && *back ? back : HOME);
}

static void add_parameter(const char *name, const char *value, void *data)
{
	struct buf *query = data;

	/* names of an issuer's are plain, and others do not matter */
	if (strspn(name, "abcdefghijklmnopqrstuvwxyz_") == strlen(name))
		oauth_add_parameter(query, name, value);
}

static void come_back(struct http_exchange *exchange, struct visits *visits)
{
	static const struct helper_ask finish = {
		{ "visitor", "finish" }, false, on_finished, NULL
	};
	auto_secret struct buf query = BUF_EMPTY;
	auto_secret struct buf question = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&question);
	struct str_view login = { NULL, 0 };

	if (!gate_cookie(&login, &visits->gate, exchange, COOKIE_LOGIN) ||
	    !http_query(exchange, "state")) {
		http_answer_header(exchange, "Cache-Control", "no-store");
		http_answer_error(exchange, 400, "bad_login",
				  "no login has begun in this browser within ten "
				  "minutes: POST /login");
		return;
	}
	(void)buf_room(&query, 65536);
	http_each_query(exchange, add_parameter, &query);
	begin_question(&writer, visits);
	json_write_bytes(&writer, "login", login.data, login.len);
	json_write_string(&writer, "query", buf_str(&query));
	json_write_object_end(&writer);
	ask(exchange, visits, &finish, &question);
}

/* A browser's form goes on to a page, which shows the way in; a program just hears that it is
 * done. */
static void answer_ended(struct http_exchange *exchange, const struct gate *gate)
{
	gate_set_cookie(exchange, gate, COOKIE_LOGIN, NULL, 0);
	gate_set_cookie(exchange, gate, COOKIE_SESSION, NULL, 0);
	gate_set_cookie(exchange, gate, COOKIE_REFRESH, NULL, 0);
	if (gate_wants_page(exchange)) {
		go_on(exchange, HOME);
		return;
	}
	http_answer_header(exchange, "Cache-Control", "no-store");
	http_answer(exchange, 204, NULL, "", 0);
}

static void on_ended(void *context, struct str_view answer)
{
	const struct visit visit = end_visit(context);

	if (outcome_is_good(answer))
		answer_ended(visit.exchange, &visit.visits->gate);
	else
		outcome_refuse(visit.exchange, answer);
}

static void log_out(struct http_exchange *exchange, struct visits *visits)
{
	static const struct helper_ask end = {
		{ "visitor", "end" }, true, on_ended, NULL
	};
	auto_session struct session session = SESSION_EMPTY;
	auto_secret struct buf question = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&question);
	struct str_view token = { NULL, 0 };
	struct error ignored = { 0 };
	bool by_header = false;

	(void)buf_room(&question, 4096);
	json_write_object(&writer, NULL);
	if (gate_session(&session, &by_header, &visits->gate, exchange, &ignored) == 0) {
		json_write_string(&writer, "session", session.id);
	} else if (!by_header &&
		   gate_cookie(&token, &visits->gate, exchange, COOKIE_REFRESH) &&
		   renewals_is_token(token)) {
		json_write_bytes(&writer, "refresh_token", token.data, token.len);
	} else {
		answer_ended(exchange, &visits->gate);
		return;
	}
	json_write_object_end(&writer);
	if (attempts_take(&visits->renewals.attempts, http_remote(exchange),
			  date_steady_ms()))
		ask(exchange, visits, &end, &question);
	else
		outcome_too_often(exchange);
}
