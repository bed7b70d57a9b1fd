#include "bin/hookrecv/admit.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bin/hookrecv/answer.h"
#include "bin/hookrecv/leak.h"
#include "bin/hookrecv/receive.h"
#include "bin/hookrecv/recovered.h"
#include "bin/hookrecv/request.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/http_server.h"
#include "lib/json_write.h"
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

struct header_writer {
	const struct request *request;
	const struct keyring_keys *keys;
	struct json_writer json;
};

static bool leaks(const struct header_writer *writer, const char *name, const char *value)
{
	if (provider_signs_in(writer->request->provider, name) ||
	    !leak_is_in(writer->keys, value))
		return false;
	log_warning(
		"hook %s: its sender sends the hook's secret in the header '%s', which "
		"was left out: rotate the secret and tell the sender",
		writer->request->hook, name);
	return true;
}

static void write_header(const char *name, const char *value, void *data)
{
	struct header_writer *writer = data;
	char lower[128];
	size_t i;

	if (strlen(name) >= sizeof(lower) || leaks(writer, name, value) ||
	    provider_hides_header(writer->request->provider, name))
		return;
	for (i = 0; name[i]; i++)
		lower[i] = (char)tolower((unsigned char)name[i]);
	lower[i] = '\0';
	json_write_string(&writer->json, lower, value);
}

/* A secret is no name of an event. */
static void hide_names(struct request *request, const struct keyring_keys *keys)
{
	if (leak_is_in(keys, request->event))
		request->event = "unknown";
	if (request->delivery && leak_is_in(keys, request->delivery))
		request->delivery = NULL;
}

/* One that says it will be large goes to its file at once. */
static size_t memory_for(const struct request *request,
			 const struct http_exchange *exchange)
{
	uint64_t length = 0;

	if (provider_is_named_by_payload(request->provider))
		return INTAKE_MEMORY_NAMED;
	return http_length(exchange, &length) && length > INTAKE_MEMORY ? 0
									: INTAKE_MEMORY;
}

static void start_intake(struct request *request, struct http_exchange *exchange,
			 const struct registry_hook *hook,
			 const struct keyring_keys *keys)
{
	const struct source source = guard_source(&request->receive->guard, exchange);
	auto_buf struct buf headers = BUF_EMPTY;
	struct header_writer writer = { request, keys, JSON_WRITER(&headers) };
	char key[DATE_LEN];
	struct event_head head = { .hook = request->hook,
				   .name = hook->name,
				   .provider = request->provider->name,
				   .remote = source.text };
	const struct recovered_place place = { request->receive->hooks.keyring.state,
					       request->hook };

	hide_names(request, keys);
	head.event = request->event;
	head.delivery = request->delivery;
	if (keys->count) {
		date_format(key, keys->keys[0].since_ms);
		head.key = key;
	}
	head.is_recovered = hook->forge && recovered_expects(&place, request->delivery);
	json_write_object(&writer.json, NULL);
	http_each_header(exchange, write_header, &writer);
	json_write_object_end(&writer.json);
	head.headers = (struct str_view){ headers.data, headers.len };
	head.received_ms = date_now_ms();
	uuid_next(request->id, &request->receive->ids, head.received_ms);
	head.id = request->id;
	request->intake.all = &request->receive->kept;
	request->intake.memory = memory_for(request, exchange);
	intake_start(&request->intake, &request->receive->spool, &head);
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
	if (keys && take_space(request, exchange))
		start_intake(request, exchange, hook, keys);
}
