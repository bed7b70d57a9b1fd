#include "bin/hookrecv/admit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bin/hookrecv/answer.h"
#include "bin/hookrecv/begun.h"
#include "bin/hookrecv/receive.h"
#include "bin/hookrecv/request.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/http_server.h"
#include "lib/log.h"

enum { HELD_MAX = 1 << 20 }; /* of a body that must be in memory as a whole */

/* The first of these headers that is there and not empty. */
static const char *first_header(const struct http_exchange *exchange,
				const char *const names[PROVIDER_NAMES])
{
	size_t i;

	for (i = 0; i < PROVIDER_NAMES && names[i]; i++) {
		const char *value = http_header(exchange, names[i]);

		if (value && *value)
			return value;
	}
	return NULL;
}

/* An id that is signed tells the delivery, whatever other header stands beside it. */
static void take_signed_id(struct request *request, const struct http_exchange *exchange)
{
	const struct provider_scheme *scheme = verify_scheme(&request->verify);
	const char *const *names = request->provider->delivery;
	size_t i;

	for (i = 0; scheme && i < PROVIDER_NAMES && names[i]; i++) {
		if (str_equal(names[i], scheme->id))
			request->delivery = http_header(exchange, scheme->id);
	}
}

static const char *signature_header(const void *request, const char *name)
{
	return http_header(request, name);
}

/* JSON, a form, or 415.  A sender that names no type is taken to send JSON. */
static bool take_type(struct request *request, struct http_exchange *exchange)
{
	const char *type = http_header(exchange, "Content-Type");
	char base[64] = "application/json";

	if (type)
		snprintf(base, sizeof(base), "%.*s", (int)strcspn(type, "; \t"), type);
	request->intake.is_form =
		str_equal_nocase(base, "application/x-www-form-urlencoded");
	if (request->intake.is_form || str_equal_nocase(base, "application/json") ||
	    (strlen(base) > 5 && str_equal_nocase(base + strlen(base) - 5, "+json")))
		return true;
	http_answer_error(exchange, 415, "unsupported_media_type",
			  "send application/json or application/x-www-form-urlencoded");
	return false;
}

static bool take_length(const struct request *request, struct http_exchange *exchange)
{
	uint64_t length = 0;

	if (!http_length(exchange, &length) && !http_has_body(exchange)) {
		http_answer_error(exchange, 411, "length_required",
				  "the request has no body");
		return false;
	}
	if (length > request->max_body) {
		http_answer_error(exchange, 413, "too_large",
				  "the body is larger than this hook takes");
		return false;
	}
	return true;
}

/* Before a byte of the body is asked for. */
static bool take_space(struct request *request, struct http_exchange *exchange)
{
	uint64_t length = SPACE_UNKNOWN;

	(void)http_length(exchange, &length);
	if (space_grant(&request->receive->space, length, request->provider->never_again,
			date_now_ms()))
		return true;
	answer_unavailable(exchange);
	return false;
}

void admit_refuse_signature(struct http_exchange *exchange,
			    enum signature_verdict verdict)
{
	const struct request *request = http_state(exchange);
	static const char *const messages[] = {
		[SIGNATURE_MISSING] = "the request is not signed",
		[SIGNATURE_BAD] =
			"the signature does not fit the body and the hook's secret",
		[SIGNATURE_STALE] = "the signed time is too far off ours",
	};

	/* A clock that is wrong guesses nothing. */
	if (verdict != SIGNATURE_STALE)
		guard_miss(&request->receive->guard, exchange, signature_code(verdict));
	http_answer_error(exchange, 401, signature_code(verdict), messages[verdict]);
}

/* The keys it is judged by, or NULL when it is answered. */
static const struct keyring_keys *check_signature(struct request *request,
						  struct http_exchange *exchange,
						  const struct registry_hook *hook)
{
	const struct keyring_keys *keys = NULL;
	struct signature_opening opening = { .header = signature_header,
					     .request = exchange,
					     .now_ms = date_now_ms() };
	enum signature_verdict verdict;
	struct error err = { 0 };

	if (keyring_find(&keys, &request->receive->hooks.keyring, hook, opening.now_ms,
			 &err) < 0) {
		log_error("%s", err.message);
		answer_unavailable(exchange);
		return NULL;
	}
	verdict = verify_start(&request->verify, request->provider, &opening, keys);
	if (verify_holds_body(&request->verify) && request->max_body > HELD_MAX)
		request->max_body = HELD_MAX;
	if (verdict == SIGNATURE_GOOD) {
		take_signed_id(request, exchange);
		return keys;
	}
	admit_refuse_signature(exchange, verdict);
	return NULL;
}

/* The hook of the path, also one that was added a moment ago; NULL when answered. */
static const struct registry_hook *
find_hook(struct receive *receive, struct http_exchange *exchange, const char *id)
{
	const struct registry_hook *hook;
	struct error err = { 0 };

	hook = hooks_find(&receive->hooks, id);
	if (!hook && uuid_is_valid(id)) {
		if (hooks_refresh(&receive->hooks, &err) < 0)
			log_warning("%s, going on with the hooks as they were",
				    err.message);
		hook = hooks_find(&receive->hooks, id);
	}
	if (!hook) {
		if (!hooks_has(&receive->hooks, id))
			guard_miss(&receive->guard, exchange, "unknown_hook");
		http_answer_error(exchange, 404, "unknown_hook", "there is no such hook");
		return NULL;
	}
	return hook;
}

static struct request *new_request(struct receive *receive,
				   const struct registry_hook *hook,
				   const struct provider *provider)
{
	struct request *request = calloc(1, sizeof(*request));

	if (!request)
		abort();
	request->receive = receive;
	request->provider = provider;
	request->max_body = hook->max_body;
	memcpy(request->hook, hook->id, UUID_LEN);
	request->intake.file = (struct spool_file)SPOOL_FILE_NONE;
	return request;
}

void admit(struct receive *receive, struct http_exchange *exchange, const char *id)
{
	const struct registry_hook *hook = find_hook(receive, exchange, id);
	const struct provider *provider = NULL;
	const struct keyring_keys *keys;
	struct request *request;
	struct error err = { 0 };

	if (!hook)
		return;
	if (providers_find(&provider, &receive->providers, hook->provider, &err) < 0) {
		log_error("hook %s: %s", hook->id, err.message);
		answer_unavailable(exchange);
		return;
	}
	request = new_request(receive, hook, provider);
	http_set_state(exchange, request);
	request->event = first_header(exchange, request->provider->event);
	request->delivery = first_header(exchange, request->provider->delivery);
	if (!request->event)
		request->event = "unknown";
	if (!take_length(request, exchange) || !take_type(request, exchange))
		return;
	keys = check_signature(request, exchange, hook);
	if (!keys || !take_space(request, exchange))
		return;
	if (begun_may_wait(request, exchange))
		request->is_waiting = true;
	else
		begun_start(request, exchange, hook, keys);
}
