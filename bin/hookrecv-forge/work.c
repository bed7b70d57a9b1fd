#include "bin/hookrecv-forge/work.h"

#include <stdlib.h>
#include <string.h>

#include "bin/hookrecv-forge/dialect.h"
#include "bin/hookrecv-forge/order.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/github.h"
#include "lib/json_plain.h"
#include "lib/json_scan.h"
#include "lib/json_write.h"

enum { HOOK_PAGES = 5 };

/* An order under way. */
struct job {
	struct buf *out;
	struct github *api;
	const struct order *order;
	const struct dialect *dialect;
};

struct call {
	const char *method;
	const char *path;
	struct str_view body;
	bool may_be_absent; /* that there is none is an answer, too */
};

static struct str_view body_of(const struct github_answer *answer)
{
	return (struct str_view){ answer->body.data, answer->body.len };
}

static bool is_absent(const struct github_answer *answer)
{
	return answer->status == 404 || answer->status == 410;
}

/* GitHub says 404 to whoever may not know. */
static int refuse(const struct github_answer *answer, const struct job *job,
		  struct error *err)
{
	struct str_view errors = { NULL, 0 };
	struct error said = *err;

	if (is_absent(answer))
		said.kind = ERROR_DENIED;
	if (said.kind == ERROR_DENIED)
		return error_set(err, ERROR_DENIED, "%.300s: %s", said.message,
				 job->dialect->hint);
	if (said.kind == ERROR_DATA &&
	    json_scan_member(&errors, body_of(answer), "errors"))
		return error_set(err, ERROR_DATA, "%.250s %.*s", said.message,
				 (int)(errors.len < 200 ? errors.len : 200), errors.data);
	return -1;
}

static int ask(struct github_answer *answer, const struct job *job,
	       const struct call *call, struct error *err)
{
	const struct github_request request = { call->method, call->path,
						job->order->token, call->body };
	auto_free char *what = str_format("%s '%.100s'", call->method, call->path);

	if (github_call(answer, job->api, &request, err) < 0)
		return -1;
	if (call->may_be_absent && is_absent(answer))
		return 0;
	if (github_answer_check(answer, what, err) < 0)
		return refuse(answer, job, err);
	return 0;
}

/* The path of the hook that sends to our url; NULL when there is none. */
static char *pick_hook(const struct job *job, struct str_view list)
{
	struct str_view hook = { NULL, 0 };

	while (json_scan_element(&hook, &list)) {
		struct str_view url = { NULL, 0 };
		struct str_view id = { NULL, 0 };

		if (job->dialect->read_url(&url, hook) &&
		    str_view_equal(url, job->order->url) && dialect_id(&id, hook))
			return str_format("%s/%.*s", job->order->path, (int)id.len,
					  id.data);
	}
	return NULL;
}

/* The one that was made before, if the forge has it yet; it may send elsewhere by now. */
static int find_known(char **path, const struct job *job, struct error *err)
{
	auto_github_answer struct github_answer answer = GITHUB_ANSWER_EMPTY;
	const struct call call = { .method = "GET",
				   .path = job->order->known,
				   .may_be_absent = true };

	if (ask(&answer, job, &call, err) < 0)
		return -1;
	if (!is_absent(&answer))
		*path = str_dup(job->order->known);
	return 0;
}

static int find_hook(char **path, const struct job *job, struct error *err)
{
	auto_free char *page = str_format("%s?per_page=100", job->order->path);
	int pages;

	if (*job->order->known && find_known(path, job, err) < 0)
		return -1;
	for (pages = 0; page && !*path && pages < HOOK_PAGES; pages++) {
		auto_github_answer struct github_answer answer = GITHUB_ANSWER_EMPTY;
		const struct call call = { .method = "GET", .path = page };

		if (ask(&answer, job, &call, err) < 0)
			return -1;
		*path = pick_hook(job, body_of(&answer));
		free(page);
		page = str_dup(answer.next);
	}
	return 0;
}

/* No answer, or a bad one: whether the hook is there now, nobody knows. */
static int tell_begun(const struct job *job, const struct github_answer *answer)
{
	if (answer->status == 0 || answer->status >= 500)
		buf_add_str(job->out, "{\"begun\":true}\n");
	return -1;
}

static int tell_hook(const struct job *job, const char *old,
		     const struct github_answer *answer, struct error *err)
{
	struct json_writer writer = JSON_WRITER(job->out);
	struct str_view id = { NULL, 0 };
	auto_free char *path = str_dup(old);

	if (!path && !dialect_id(&id, body_of(answer)))
		return error_set(err, ERROR_DATA, "%s's answer has no id of the hook",
				 job->dialect->forge);
	if (!path)
		path = str_format("%s/%.*s", job->order->path, (int)id.len, id.data);
	json_write_object(&writer, NULL);
	json_write_bool(&writer, "ok", true);
	json_write_string(&writer, "path", path);
	json_write_bool(&writer, "made", !old);
	json_write_object_end(&writer);
	return 0;
}

static int put(const struct job *job, struct error *err)
{
	auto_github_answer struct github_answer answer = GITHUB_ANSWER_EMPTY;
	auto_secret struct buf body = BUF_EMPTY;
	struct hook_wish wish = { .events = job->order->events };
	bool is_app = str_equal(job->order->path, "/app/hook");
	auto_free char *old = is_app ? str_dup(job->order->path) : NULL;
	struct call call = { .method = is_app ? "PATCH" : "POST",
			     .path = is_app ? "/app/hook/config" : job->order->path };

	if (!is_app && find_hook(&old, job, err) < 0)
		return -1;
	wish.is_new = !old;
	if (!old && wish.events.len == 0)
		wish.events = (struct str_view){ "*", 1 };
	if (job->dialect->write_hook(&body, job->order, &wish, err) < 0)
		return -1;
	if (old && !is_app) {
		call.method = job->dialect->update;
		call.path = old;
	}
	call.body = (struct str_view){ body.data, body.len };
	if (ask(&answer, job, &call, err) < 0)
		return tell_begun(job, &answer);
	return tell_hook(job, old, &answer, err);
}

static int look(const struct job *job, struct error *err)
{
	auto_github_answer struct github_answer answer = GITHUB_ANSWER_EMPTY;
	struct json_writer writer = JSON_WRITER(job->out);
	bool is_app = str_equal(job->order->path, "/app/hook");
	const struct call call = { .method = "GET",
				   .path = is_app ? "/app/hook/config" : job->order->path,
				   .may_be_absent = true };
	struct str_view url = { "", 0 };

	if (ask(&answer, job, &call, err) < 0)
		return -1;
	json_write_object(&writer, NULL);
	json_write_bool(&writer, "ok", true);
	json_write_bool(&writer, "found", !is_absent(&answer));
	if (!is_absent(&answer)) {
		(void)job->dialect->read_url(&url, body_of(&answer));
		json_write_bytes(&writer, "url", url.data, url.len);
		job->dialect->write_state(&writer, body_of(&answer));
	}
	json_write_object_end(&writer);
	return 0;
}

static void tell_found(const struct job *job, bool found)
{
	struct json_writer writer = JSON_WRITER(job->out);

	json_write_object(&writer, NULL);
	json_write_bool(&writer, "ok", true);
	json_write_bool(&writer, "found", found);
	json_write_object_end(&writer);
}

static int drop(const struct job *job, struct error *err)
{
	auto_github_answer struct github_answer answer = GITHUB_ANSWER_EMPTY;
	const struct call call = { .method = "DELETE",
				   .path = job->order->path,
				   .may_be_absent = true };

	if (ask(&answer, job, &call, err) < 0)
		return -1;
	tell_found(job, !is_absent(&answer));
	return 0;
}

static void tell_delivery(const struct job *job, const struct delivery *delivery)
{
	struct json_writer writer = JSON_WRITER(job->out);

	json_write_object(&writer, NULL);
	json_write_bytes(&writer, "id", delivery->id.data, delivery->id.len);
	json_write_bytes(&writer, "delivery", delivery->name.data, delivery->name.len);
	json_write_bytes(&writer, "event", delivery->event.data, delivery->event.len);
	json_write_bytes(&writer, "status", delivery->status.data, delivery->status.len);
	json_write_bool(&writer, "delivered", delivery->is_ok);
	json_write_i64(&writer, "at_ms", delivery->at_ms);
	json_write_object_end(&writer);
	buf_add_char(job->out, '\n');
}

/* Ids grow, and have more digits than a double holds. */
static bool is_newer(struct str_view id, const char *than)
{
	size_t len = strlen(than);

	return id.len != len ? id.len > len : memcmp(id.data, than, len) > 0;
}

/* False when what follows is known, or older than is asked for. */
static bool take_page(const struct job *job, struct str_view list)
{
	struct str_view element = { NULL, 0 };

	while (json_scan_element(&element, &list)) {
		struct delivery delivery = { .at_ms = 0 };
		bool is_good = job->dialect->read_delivery(&delivery, element);

		if (delivery.id.len > 0 && *job->order->after &&
		    !is_newer(delivery.id, job->order->after))
			return false;
		if (delivery.at_ms > 0 && delivery.at_ms < (int64_t)job->order->since_ms)
			return false;
		if (is_good)
			tell_delivery(job, &delivery);
	}
	return true;
}

static int list(const struct job *job, struct error *err)
{
	struct json_writer writer = JSON_WRITER(job->out);
	auto_free char *page = *job->order->next ? str_dup(job->order->next)
						 : str_format("%s%s", job->order->path,
							      job->dialect->list);
	uint64_t pages;

	for (pages = 0; page && pages < job->order->pages; pages++) {
		auto_github_answer struct github_answer answer = GITHUB_ANSWER_EMPTY;
		const struct call call = { .method = "GET", .path = page };

		if (ask(&answer, job, &call, err) < 0)
			return -1;
		free(page);
		page = take_page(job, body_of(&answer)) ? str_dup(answer.next) : NULL;
	}
	json_write_object(&writer, NULL);
	json_write_bool(&writer, "ok", true);
	json_write_string(&writer, "next", page);
	json_write_object_end(&writer);
	return 0;
}

static int send(const struct job *job, struct error *err)
{
	auto_github_answer struct github_answer answer = GITHUB_ANSWER_EMPTY;
	auto_free char *path = NULL;
	struct call call = { .method = "POST", .may_be_absent = true };

	path = str_format("%s%s%s%s", job->order->path, job->dialect->delivery,
			  job->order->delivery, job->dialect->again);
	call.path = path;
	if (ask(&answer, job, &call, err) < 0)
		return -1;
	tell_found(job, !is_absent(&answer));
	return 0;
}

static const struct {
	const char *name;
	int (*run)(const struct job *job, struct error *err);
} operations[] = {
	{ "put", put },	  { "look", look }, { "drop", drop },
	{ "list", list }, { "send", send },
};

int work(struct buf *out, struct github *api, const struct order *order,
	 struct error *err)
{
	const struct job job = { out, api, order,
				 order->is_gitlab ? &dialect_gitlab : &dialect_github };

	api->forge = job.dialect->forge;
	api->limit_bytes = job.dialect->limit_bytes;
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
		if (!str_view_equal(order->op, operations[i].name))
			continue;
		if (operations[i].run(&job, err) < 0)
			return -1;
		buf_add_char(out, '\n');
		return 0;
	}
	return error_set(err, ERROR_DATA, "no operation '%.*s'", (int)order->op.len,
			 order->op.data);
}
