#include <stdlib.h>
#include <string.h>

#include "bin/runjob-serve/answer.h"
#include "bin/runjob-serve/budget.h"
#include "bin/runjob-serve/order.h"
#include "bin/runjob-serve/request.h"
#include "bin/runjob-serve/service.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/http_server.h"
#include "lib/json_object.h"
#include "lib/json_scan.h"
#include "lib/json_write.h"
#include "lib/log.h"

/* The name between the first quotes of a message of runjob's: the member that it is about. */
static void find_field(struct buf *field, const char *message)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz_";
	const char *quote = strchr(message, '\'');
	size_t len = quote ? strspn(quote + 1, letters) : 0;

	if (len && quote[1 + len] == '\'')
		buf_add(field, quote + 1, len);
}

static void answer_refusal(struct request *request, struct str_view reply)
{
	struct str_view error = { NULL, 0 };
	struct str_view raw = { NULL, 0 };
	auto_buf struct buf message = BUF_EMPTY;
	auto_buf struct buf field = BUF_EMPTY;
	struct answer_error answer = { 400, "bad_job", NULL, NULL };

	if (!json_scan_member(&error, reply, "error") ||
	    !json_scan_member(&raw, error, "kind") ||
	    !str_view_equal(raw, "\"permanent\"") ||
	    !json_scan_member(&raw, error, "message") ||
	    !json_object_text(&message, raw)) {
		log_error("start a job of %s: %.*s", request->caller.fingerprint,
			  (int)reply.len, reply.data);
		http_answer_header(request->exchange, "Retry-After", "10");
		http_answer_error(request->exchange, 503, "unavailable",
				  "no job can be started now");
		return;
	}
	find_field(&field, buf_str(&message));
	answer.message = buf_str(&message);
	answer.field = buf_str(&field);
	answer_error(request->exchange, &answer);
}

/* From where it came is for people, and for the budget of an address. */
static void note_start(const struct request *request, const char *id)
{
	auto_job struct job job = JOB_NONE;
	struct error err = { 0 };
	bool found = false;

	if (job_open(&job, &found, &request->layout, id, &err) < 0 || !found ||
	    budget_note(&job, request->remote, &err) < 0)
		log_warning("note the address of job '%s': %s, ignoring", id,
			    err.message);
	log_info("job %s of %s from %s", id, request->caller.fingerprint,
		 request->remote);
}

static void answer_started(struct request *request, const char *id, bool is_duplicate)
{
	auto_free char *location = str_format("/jobs/%s", id);
	auto_buf struct buf json = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&json);

	json_write_object(&writer, NULL);
	json_write_string(&writer, "id", id);
	json_write_bool(&writer, "duplicate", is_duplicate);
	json_write_object_end(&writer);
	buf_add_char(&json, '\n');
	http_answer_header(request->exchange, "Location", location);
	answer_json(request->exchange, is_duplicate ? 200 : 201, &json);
}

static void on_reply(void *context, struct str_view reply)
{
	struct request *request = context;
	struct str_view raw = { NULL, 0 };
	auto_buf struct buf id = BUF_EMPTY;
	bool is_started;
	bool is_duplicate;

	request->is_asked = false;
	if (request->caller.role == CERTIFICATE_ANONYMOUS)
		request->service->is_anonymous_busy = false;
	is_started = json_scan_member(&raw, reply, "id") && json_object_text(&id, raw);
	is_duplicate =
		json_scan_member(&raw, reply, "duplicate") && str_view_equal(raw, "true");
	/* Also for who did not wait for the answer. */
	if (is_started && !is_duplicate)
		note_start(request, buf_str(&id));
	if (!request->exchange)
		request_free(request);
	else if (is_started)
		answer_started(request, buf_str(&id), is_duplicate);
	else
		answer_refusal(request, reply);
}

/* *left_ms is 0 for who has no budget to keep to.  False: it is answered. */
static bool has_time(uint64_t *left_ms, struct request *request)
{
	struct service *service = request->service;
	const struct budget budget = { &request->layout, http_remote(request->exchange),
				       date_now_ms() };
	struct error err = { 0 };
	uint64_t used_ms = 0;

	*left_ms = 0;
	if (request->caller.role != CERTIFICATE_ANONYMOUS)
		return true;
	/* What is being started is in no folder yet. */
	if (service->is_anonymous_busy) {
		answer_later(request->exchange, 1000, "busy",
			     "another anonymous job is being started");
		return false;
	}
	if (budget_used(&used_ms, &budget, &service->pool.trust, &err) < 0) {
		answer_failure(request->exchange, &err);
		return false;
	}
	if (used_ms < service->terms.anonymous_ms) {
		*left_ms = service->terms.anonymous_ms - used_ms;
		return true;
	}
	log_warning("POST /jobs from %s is refused: anonymous certificate %s has used "
		    "up its time",
		    budget.remote, request->caller.fingerprint);
	answer_later(request->exchange, 3600 * 1000, "time_used_up",
		     "the jobs of this certificate or address have run for as long as "
		     "anonymous ones may in a day");
	return false;
}

static void refuse_order(struct request *request, const struct order *order,
			 const struct error *err)
{
	struct answer_error answer = { 400, "bad_job", err->message,
				       buf_str(&order->field) };

	if (err->kind == ERROR_DENIED) {
		answer.status = 403;
		answer.code = "forbidden_member";
		log_warning("POST /jobs from %s is refused: certificate %s (%s) may not "
			    "order '%s'",
			    http_remote(request->exchange), request->caller.fingerprint,
			    certificate_role_name(request->caller.role), answer.field);
	}
	answer_error(request->exchange, &answer);
}

static void ask(struct request *request, const struct order *order)
{
	struct helpers *helpers = &request->service->helpers;
	const struct helper_ask ask = {
		.arguments = { "start", "--owner", request->layout.owner, "-" },
		.is_quick = true,
		.done = on_reply,
		.context = request,
	};
	struct error err = { 0 };

	if (helpers_ask(helpers, &ask, &order->line, &err) < 0) {
		answer_failure(request->exchange, &err);
		return;
	}
	request->is_asked = true;
	request->service->is_anonymous_busy |=
		request->caller.role == CERTIFICATE_ANONYMOUS;
}

void request_create(struct request *request)
{
	struct order order = ORDER_EMPTY;
	char owner[JOB_OWNER_LEN];
	struct error err = { 0 };

	if (!has_time(&order.most_ms, request))
		return;
	if (job_owner_find(owner, &request->layout, &err) < 0) {
		answer_failure(request->exchange, &err);
		return;
	}
	order.owner = owner;
	order.role = request->caller.role;
	if (order.role != CERTIFICATE_ANONYMOUS)
		order.sandbox = request->service->sandbox;
	if (order_make(&order, &request->body, &err) < 0)
		refuse_order(request, &order, &err);
	else
		ask(request, &order);
	order_free(&order);
}
