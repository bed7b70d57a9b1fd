#include "bin/hookrecv/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bin/hookrecv/admit.h"
#include "bin/hookrecv/aftermath.h"
#include "bin/hookrecv/answer.h"
#include "bin/hookrecv/begun.h"
#include "bin/hookrecv/member.h"
#include "bin/hookrecv/receive.h"
#include "bin/hookrecv/rotation.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/http_server.h"
#include "lib/log.h"

static const char prefix[] = "/hook/";

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
	bool metrics = str_equal(path, "/metrics");
	bool hook = str_starts(path, prefix);

	if (guard_refuse(&receive->guard, exchange))
		return;
	if (!hook && !((health || metrics) && is_local(receive, exchange))) {
		http_answer_error(exchange, 404, "not_found", "there is nothing here");
	} else if (health && str_equal(http_method(exchange), "GET")) {
		http_answer(exchange, 200, "text/plain", "ok\n", 3);
	} else if (metrics && str_equal(http_method(exchange), "GET")) {
		aftermath_metrics(receive, exchange);
	} else if (hook && str_equal(http_method(exchange), "POST")) {
		admit(receive, exchange, path + strlen(prefix));
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
	if (request->is_waiting) {
		begun_hold(request, bytes, len);
		verify_add(&request->verify, bytes, len);
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

	if (!provider_is_named_by_payload(request->provider) || payload.len == 0)
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

/* The event says which key it was; that an old one is in use is told by `show`. */
static int note_key(struct request *request, struct error *err)
{
	const struct verify *verify = &request->verify;
	const char *state = request->receive->hooks.keyring.state;
	char key[DATE_LEN];

	if (verify->by == 0)
		return 0;
	date_format(key, verify->since_ms[verify->by]);
	if (rotation_used(state, request->hook, verify->since_ms[verify->by], err) < 0)
		log_warning("%s, so 'show' tells no use of the old secret, ignoring",
			    err->message);
	return intake_key(&request->intake, key, err);
}

static int hide_secrets(struct request *request, struct error *err)
{
	struct hooks *hooks = &request->receive->hooks;
	const struct registry_hook *hook = hooks_find(hooks, request->hook);
	const struct keyring_keys *keys = NULL;
	size_t count = 0;

	/* It was removed meanwhile, and so were its secrets. */
	if (!hook)
		return 0;
	if (keyring_find(&keys, &hooks->keyring, hook, date_now_ms(), err) < 0 ||
	    intake_mask(&count, &request->intake, keys, err) < 0)
		return -1;
	if (count)
		log_warning(
			"hook %s: its sender put the hook's secret into a payload; it "
			"was made asterisks: rotate the secret and tell the sender",
			request->hook);
	return 0;
}

static int finish(struct request *request)
{
	struct error err = { 0 };

	if (note_key(request, &err) == 0 && hide_secrets(request, &err) == 0)
		return 0;
	log_error("%s; the event was refused", err.message);
	return -1;
}

/* Nothing is told about a payload to a sender who does not know the secret. */
bool request_judge(struct http_exchange *exchange)
{
	struct request *request = http_state(exchange);
	enum signature_verdict verdict;
	const char *problem;
	struct error err = { 0 };

	request->complete_us = metrics_clock(&request->receive->metrics);
	verdict = verify_finish(&request->verify);
	if (verdict == SIGNATURE_GOOD && begun_late(request, exchange, &err) < 0) {
		log_error("%s; the event was refused", err.message);
		request->failed = true;
	}
	if (request->failed) {
		answer_unavailable(exchange);
	} else if (verdict != SIGNATURE_GOOD) {
		admit_refuse_signature(exchange, verdict);
	} else if ((problem = intake_problem(&request->intake))) {
		refuse_payload(exchange, request, problem);
	} else {
		name_by_payload(request);
		if (str_equal(request->event, request->provider->ping))
			answer_ping(exchange, request);
		else if (finish(request) == 0)
			return true;
		else
			answer_unavailable(exchange);
	}
	return false;
}

void request_done(struct receive *receive, struct http_exchange *exchange)
{
	const struct source source = guard_source(&receive->guard, exchange);
	struct request *request = http_state(exchange);

	aftermath(receive, exchange);
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
	begun_drop(request);
	free(request->payload_event);
	free(request->payload_delivery);
	free(request);
}
