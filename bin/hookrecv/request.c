#include "bin/hookrecv/request.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bin/hookrecv/answer.h"
#include "bin/hookrecv/member.h"
#include "bin/hookrecv/receive.h"
#include "bin/hookrecv/rotation.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/http_server.h"
#include "lib/json_write.h"
#include "lib/log.h"

static const char prefix[] = "/hook/";

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

static const char *signature_header(const void *request, const char *name)
{
	return http_header(request, name);
}

struct header_writer {
	const struct provider *provider;
	struct json_writer json;
};

static void write_header(const char *name, const char *value, void *data)
{
	struct header_writer *writer = data;
	char lower[128];
	size_t i;

	if (provider_hides_header(writer->provider, name) ||
	    strlen(name) >= sizeof(lower))
		return;
	for (i = 0; name[i]; i++)
		lower[i] = (char)tolower((unsigned char)name[i]);
	lower[i] = '\0';
	json_write_string(&writer->json, lower, value);
}

static bool is_named_by_payload(const struct provider *provider)
{
	return provider->event_member[0] || provider->delivery_member[0];
}

static void start_intake(struct request *request, struct http_exchange *exchange,
			 const struct registry_hook *hook)
{
	const struct source source = guard_source(&request->receive->guard, exchange);
	auto_buf struct buf headers = BUF_EMPTY;
	struct header_writer writer = { request->provider, JSON_WRITER(&headers) };
	struct event_head head = { .hook = request->hook,
				   .name = hook->name,
				   .provider = request->provider->name,
				   .event = request->event,
				   .delivery = request->delivery,
				   .remote = source.text };

	json_write_object(&writer.json, NULL);
	http_each_header(exchange, write_header, &writer);
	json_write_object_end(&writer.json);
	head.headers = (struct str_view){ headers.data, headers.len };
	head.received_ms = date_now_ms();
	uuid_next(request->id, &request->receive->ids, head.received_ms);
	head.id = request->id;
	request->intake.memory = is_named_by_payload(request->provider)
					 ? INTAKE_MEMORY_NAMED
					 : INTAKE_MEMORY;
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

static void refuse_signature(struct http_exchange *exchange,
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

static bool check_signature(struct request *request, struct http_exchange *exchange)
{
	struct hooks_secrets secrets = { { "", 0 }, { "", 0 } };
	struct signature_opening opening = { .header = signature_header,
					     .request = exchange,
					     .now_ms = date_now_ms() };
	enum signature_verdict verdict;
	struct error err = { 0 };

	if (hooks_secrets(&secrets, &request->receive->hooks, request->hook,
			  opening.now_ms, &err) < 0) {
		log_error("%s", err.message);
		answer_unavailable(exchange);
		return false;
	}
	opening.secret = secrets.now;
	verdict =
		verify_start(&request->verify, request->provider, &opening, secrets.old);
	if (verify_holds_body(&request->verify) && request->max_body > HELD_MAX)
		request->max_body = HELD_MAX;
	if (verdict == SIGNATURE_GOOD)
		return true;
	refuse_signature(exchange, verdict);
	return false;
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

static void begin_hook(struct receive *receive, struct http_exchange *exchange,
		       const char *id)
{
	const struct registry_hook *hook = find_hook(receive, exchange, id);
	const struct provider *provider = NULL;
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
	if (take_length(request, exchange) && take_type(request, exchange) &&
	    check_signature(request, exchange))
		start_intake(request, exchange, hook);
}

/* What only this machine may ask. */
static bool is_local(const struct receive *receive, const struct http_exchange *exchange)
{
	const struct source source = guard_source(&receive->guard, exchange);

	return address_is_local(&source.address);
}

void request_begin(struct receive *receive, struct http_exchange *exchange)
{
	const char *path = http_path(exchange);
	bool health = str_equal(path, "/healthz") || str_equal(path, "/readyz");
	bool hook = str_starts(path, prefix);

	if (guard_refuse(&receive->guard, exchange))
		return;
	if (!hook && !(health && is_local(receive, exchange))) {
		http_answer_error(exchange, 404, "not_found", "there is nothing here");
	} else if (health && str_equal(http_method(exchange), "GET")) {
		http_answer(exchange, 200, "text/plain", "ok\n", 3);
	} else if (hook && str_equal(http_method(exchange), "POST")) {
		begin_hook(receive, exchange, path + strlen(prefix));
	} else {
		http_answer_header(exchange, "Allow", hook ? "POST" : "GET");
		http_answer_error(exchange, 405, "method_not_allowed",
				  hook ? "a hook takes POST" : "this takes GET");
	}
}

void request_body(struct http_exchange *exchange, const char *bytes, size_t len)
{
	struct request *request = http_state(exchange);
	struct buf *payload = &request->receive->payload;
	bool sign_payload =
		request->intake.is_form && request->provider->form_signs_payload;
	struct error err = { 0 };

	request->bytes += len;
	if (request->bytes > request->max_body) {
		http_answer_error(exchange, 413, "too_large",
				  "the body is larger than this hook takes");
		return;
	}
	if (!request->failed &&
	    intake_add(&request->intake, payload, bytes, len, &err) < 0) {
		log_error("%s; the event was refused", err.message);
		request->failed = true;
	}
	if (sign_payload)
		verify_add(&request->verify, buf_str(payload), payload->len);
	else
		verify_add(&request->verify, bytes, len);
}

static void refuse_payload(struct http_exchange *exchange, const struct request *request,
			   const char *problem)
{
	char message[200];

	snprintf(message, sizeof(message), "the payload is no JSON: %s at byte %ju",
		 problem, (uintmax_t)request->intake.scan.offset);
	http_answer_error(exchange, 400, "bad_payload", message);
}

static char *copy(struct str_view text)
{
	return text.len ? str_format("%.*s", (int)text.len, text.data) : NULL;
}

/* One that is too large to be held keeps its "unknown". */
static void name_by_payload(struct request *request)
{
	struct str_view payload = intake_payload(&request->intake);
	struct str_view event = { "", 0 };
	struct str_view delivery = { "", 0 };

	if (!is_named_by_payload(request->provider) || payload.len == 0)
		return;
	(void)member_first(&event, payload, request->provider->event_member);
	(void)member_first(&delivery, payload, request->provider->delivery_member);
	request->payload_event = copy(event);
	request->payload_delivery = copy(delivery);
	if (event.len)
		request->event = request->payload_event;
	if (delivery.len)
		request->delivery = request->payload_delivery;
	intake_name(&request->intake,
		    (struct str_view){ request->payload_event, event.len },
		    (struct str_view){ request->payload_delivery, delivery.len });
}

static void answer_ping(struct http_exchange *exchange, const struct request *request)
{
	auto_buf struct buf answer = BUF_EMPTY;
	const char *const members[PROVIDER_NAMES] = { request->provider->challenge };
	struct str_view value = { "", 0 };

	buf_add_str(&answer, "{\"ping\":true");
	if (member_first(&value, intake_payload(&request->intake), members))
		buf_add_format(&answer, ",\"%s\":\"%.*s\"", members[0], (int)value.len,
			       value.data);
	buf_add_str(&answer, "}\n");
	http_answer(exchange, 200, "application/json", answer.data, answer.len);
}

static void note_old_secret(const struct request *request)
{
	struct error err = { 0 };

	if (request->verify.by_old &&
	    rotation_used(request->receive->hooks.state, request->hook, date_now_ms(),
			  &err) < 0)
		log_warning("%s, so 'show' tells no use of the old secret, ignoring",
			    err.message);
}

/* Nothing is told about a payload to a sender who does not know the secret. */
bool request_judge(struct http_exchange *exchange)
{
	struct request *request = http_state(exchange);
	enum signature_verdict verdict = verify_finish(&request->verify);
	const char *problem = intake_problem(&request->intake);

	if (request->failed) {
		answer_unavailable(exchange);
	} else if (verdict != SIGNATURE_GOOD) {
		refuse_signature(exchange, verdict);
	} else if (problem) {
		refuse_payload(exchange, request, problem);
	} else {
		note_old_secret(request);
		name_by_payload(request);
		if (!str_equal(request->event, request->provider->ping))
			return true;
		answer_ping(exchange, request);
	}
	return false;
}

void request_done(const struct receive *receive, struct http_exchange *exchange)
{
	const struct source source = guard_source(&receive->guard, exchange);
	struct request *request = http_state(exchange);

	if (!request) {
		log_info("%s %s %u remote=%s", http_method(exchange), http_path(exchange),
			 http_status(exchange), source.text);
		return;
	}
	log_info("%s hook=%s %u provider=%s event=%s delivery=%s bytes=%ju remote=%s "
		 "id=%s",
		 http_method(exchange), request->hook, http_status(exchange),
		 request->provider->name, request->event,
		 request->delivery ? request->delivery : "-", (uintmax_t)request->bytes,
		 source.text, http_status(exchange) < 300 ? request->id : "-");
	verify_free(&request->verify);
	intake_free(&request->intake);
	free(request->payload_event);
	free(request->payload_delivery);
	free(request);
}
