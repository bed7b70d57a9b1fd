#include "bin/ghstats-serve/renewal.h"

#include <stdlib.h>
#include <string.h>

#include "bin/ghstats-serve/cookie.h"
#include "bin/ghstats-serve/gate.h"
#include "lib/http_helper.h"
#include "bin/ghstats-serve/outcome.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/crypto.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/http_server.h"
#include "lib/json_write.h"
#include "lib/log.h"
#include "lib/session.h"

struct waiter {
	struct waiter *next;
	struct http_exchange *exchange;
};

struct renewal {
	struct renewal *next;
	struct renewals *owner;
	struct buf token;
	struct waiter *waiters;
};

static void *allocate(size_t size)
{
	void *room = calloc(1, size);

	if (!room)
		abort();
	return room;
}

static struct renewal *find(const struct renewals *renewals, struct str_view token)
{
	for (struct renewal *one = renewals->first; one; one = one->next)
		if (one->token.len == token.len &&
		    crypto_equal(one->token.data, token.data, token.len))
			return one;
	return NULL;
}

static void add_waiter(struct renewal *renewal, struct http_exchange *exchange)
{
	struct waiter *waiter = allocate(sizeof(*waiter));

	waiter->exchange = exchange;
	waiter->next = renewal->waiters;
	renewal->waiters = waiter;
}

static void drop(struct renewal *renewal)
{
	struct renewal **place = &renewal->owner->first;

	while (*place != renewal)
		place = &(*place)->next;
	*place = renewal->next;
	while (renewal->waiters) {
		struct waiter *next = renewal->waiters->next;

		free(renewal->waiters);
		renewal->waiters = next;
	}
	buf_wipe(&renewal->token);
	free(renewal);
}

/* The next pair, and whose it is. */
struct pair {
	char *access;
	char *refresh;
	int64_t access_s;
	int64_t refresh_s;
	struct session session;
};

static void pair_wipe(struct pair *pair)
{
	if (pair->access)
		crypto_wipe(pair->access, strlen(pair->access));
	if (pair->refresh)
		crypto_wipe(pair->refresh, strlen(pair->refresh));
	free(pair->access);
	free(pair->refresh);
	session_free(&pair->session);
}

static bool read_pair(struct pair *pair, struct gate *gate, struct str_view answer)
{
	struct error err = { 0 };

	if (!outcome_is_good(answer))
		return false;
	pair->access = outcome_text(answer, "access_token");
	pair->refresh = outcome_text(answer, "refresh_token");
	pair->access_s = outcome_number(answer, "expires_in");
	pair->refresh_s = outcome_number(answer, "refresh_expires_in");
	if (!pair->access || !pair->refresh)
		return false;
	if (gate_verify(&pair->session, gate,
			(struct str_view){ pair->access, strlen(pair->access) },
			&err) == 0)
		return true;
	log_error("a session that was refreshed: %s", err.message);
	return false;
}

static void let_in(struct http_exchange *exchange, const struct renewals *renewals,
		   const struct pair *pair)
{
	gate_set_cookie(exchange, renewals->gate, COOKIE_SESSION, pair->access,
			pair->access_s);
	gate_set_cookie(exchange, renewals->gate, COOKIE_REFRESH, pair->refresh,
			pair->refresh_s);
	if (gate_allows(exchange, &pair->session))
		renewals->show(exchange, renewals->context);
}

static void send_off(struct http_exchange *exchange, const struct gate *gate)
{
	gate_set_cookie(exchange, gate, COOKIE_SESSION, NULL, 0);
	gate_set_cookie(exchange, gate, COOKIE_REFRESH, NULL, 0);
	gate_refuse(exchange, true);
}

static void on_answer(void *context, struct str_view answer)
{
	struct renewal *renewal = context;
	struct gate *gate = renewal->owner->gate;
	struct pair pair = { .session = SESSION_EMPTY };
	bool is_good = read_pair(&pair, gate, answer);

	for (struct waiter *waiter = renewal->waiters; waiter; waiter = waiter->next) {
		if (is_good)
			let_in(waiter->exchange, renewal->owner, &pair);
		else if (outcome_status(answer) == 401)
			send_off(waiter->exchange, gate);
		else
			outcome_refuse(waiter->exchange, answer);
	}
	pair_wipe(&pair);
	drop(renewal);
}

bool renewals_is_token(struct str_view text)
{
	auto_ticket struct ticket ticket = TICKET_EMPTY;
	struct error ignored = { 0 };

	return ticket_read(&ticket, SESSION_REFRESH_KIND, text, &ignored) == 0;
}

static int begin(struct http_exchange *exchange, struct renewals *renewals,
		 struct str_view token)
{
	struct renewal *renewal = allocate(sizeof(*renewal));
	auto_secret struct buf question = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&question);
	const struct helper_ask ask = {
		{ "visitor", "refresh" }, true, on_answer, renewal
	};
	struct error err = { 0 };

	renewal->owner = renewals;
	renewal->next = renewals->first;
	renewals->first = renewal;
	(void)buf_room(&question, 256);
	json_write_object(&writer, NULL);
	json_write_bytes(&writer, "refresh_token", token.data, token.len);
	json_write_object_end(&writer);
	buf_add(&renewal->token, token.data, token.len);
	if (helpers_ask(renewals->helpers, &ask, &question, &err) < 0) {
		log_error("refresh a session: %s", err.message);
		drop(renewal);
		return -1;
	}
	add_waiter(renewal, exchange);
	return 0;
}

void renewals_join(struct http_exchange *exchange, struct renewals *renewals,
		   struct str_view token)
{
	struct renewal *renewal = find(renewals, token);

	if (renewal)
		add_waiter(renewal, exchange);
	else if (!renewals_is_token(token))
		send_off(exchange, renewals->gate);
	else if (!attempts_take(&renewals->attempts, http_remote(exchange),
				date_steady_ms()))
		outcome_too_often(exchange);
	else if (begin(exchange, renewals, token) < 0)
		outcome_busy(exchange);
}
