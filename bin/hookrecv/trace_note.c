#include "bin/hookrecv/trace_note.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bin/hookrecv/diagnose.h"
#include "bin/hookrecv/receive.h"
#include "bin/hookrecv/request.h"
#include "bin/hookrecv/vaulted.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/hex.h"
#include "lib/log.h"

enum { LOOKS = 16, SECOND_MS = 1000, RETRY_MS = 60000 };

static const char prefix[] = "/hook/";

void trace_notes_open(struct trace_notes *notes, const char *path)
{
	notes->path = str_dup(path);
}

void trace_notes_close(struct trace_notes *notes)
{
	trace_close(&notes->trace);
	free(notes->path);
	notes->path = NULL;
}

static bool is_ready(struct trace_notes *notes, int64_t now_ms)
{
	struct error err = { 0 };

	if (notes->trace.file)
		return true;
	if (!notes->path || (notes->failed_ms && now_ms - notes->failed_ms < RETRY_MS))
		return false;
	if (trace_open(&notes->trace, notes->path, &err) == 0)
		return true;
	notes->failed_ms = now_ms;
	log_warning("%s, so explain --trace does not tell of this, ignoring",
		    err.message);
	return false;
}

static void add_name(const char *name, const char *value, void *data)
{
	struct buf *names = data;

	(void)value;
	buf_add_format(names, "%s%s", names->len ? " " : "", name);
}

/* What costs nothing: who, where, and what was answered. */
static void fill(struct trace_record *record, const struct receive *receive,
		 const struct http_exchange *exchange, const char *code)
{
	const struct source source = guard_source(&receive->guard, exchange);
	const struct request *request = http_state(exchange);
	const char *path = http_path(exchange);
	const char *hook = str_starts(path, prefix) ? path + strlen(prefix) : "";

	record->status = (uint16_t)http_status(exchange);
	trace_text(record->code, sizeof(record->code), code);
	trace_text(record->remote, sizeof(record->remote), source.text);
	if (uuid_is_valid(hook))
		trace_text(record->hook, sizeof(record->hook), hook);
	record->is_known = request || hooks_has(&receive->hooks, record->hook);
	if (!request)
		return;
	record->bytes = request->bytes;
	trace_text(record->provider, sizeof(record->provider), request->provider->name);
}

static void fill_headers(struct trace_record *record,
			 const struct http_exchange *exchange)
{
	auto_buf struct buf names = BUF_EMPTY;

	http_each_header(exchange, add_name, &names);
	trace_text(record->headers, sizeof(record->headers), buf_str(&names));
}

static void fill_problem(struct trace_record *record, const struct intake *intake)
{
	if (intake->is_form && !form_finish(&intake->form))
		trace_text(record->detail, sizeof(record->detail),
			   "the form has no payload");
	else
		snprintf(record->detail, sizeof(record->detail), "%.48s at byte %ju",
			 intake->scan.problem, (uintmax_t)intake->scan.offset);
}

static void fill_detail(struct trace_record *record, const struct request *request,
			const struct http_exchange *exchange)
{
	uint64_t length = 0;

	if (str_equal(record->code, "unsupported_media_type"))
		trace_text(record->detail, sizeof(record->detail),
			   http_header(exchange, "Content-Type"));
	else if (request && str_equal(record->code, "bad_payload"))
		fill_problem(record, &request->intake);
	else if (str_equal(record->code, "unknown_hook") && record->is_known)
		trace_text(record->detail, sizeof(record->detail), "it is disabled");
	else if (record->status != 401 && http_length(exchange, &length))
		snprintf(record->detail, sizeof(record->detail),
			 "%ju bytes were announced", (uintmax_t)length);
}

static const char *read_header(const void *request, const char *name)
{
	return http_header(request, name);
}

/* The payload as it was sent but for line breaks, where it is small. */
static void take_body(struct diagnose_request *asked, struct trace_record *record,
		      const struct request *request)
{
	uint8_t digest[CRYPTO_SHA256_LEN];
	struct str_view payload;

	asked->is_form = request->intake.is_form;
	if (!request->intake.line.len && !request->body.len)
		return; /* the headers were enough */
	payload = request->is_waiting
			  ? (struct str_view){ request->body.data, request->body.len }
			  : intake_payload(&request->intake);
	if (!payload.len)
		return;
	if (asked->is_form)
		asked->payload = payload;
	else
		asked->body = payload;
	crypto_sha256(digest, payload.data, payload.len);
	hex_encode(record->digest, digest, TRACE_DIGEST / 2);
}

/* A sender may say that it signed in any year. */
static int64_t within(int64_t ms)
{
	const int64_t most = INT64_C(1000000000) * 1000;

	return ms > most ? most : ms < -most ? -most : ms;
}

static void keep(struct trace_record *record, const struct diagnosis *found,
		 const struct provider *provider)
{
	const struct provider_scheme *scheme =
		found->scheme ? found->scheme : &provider->schemes[0];

	record->reason = (uint8_t)found->reason;
	record->has_skew = found->has_time;
	record->skew_ms = within(found->skew_ms);
	record->old_ms = found->old_ms;
	record->ended_ms = found->ended_ms;
	trace_text(record->header, sizeof(record->header), scheme->header);
	trace_text(record->prefix, sizeof(record->prefix), scheme->prefix);
	trace_text(record->other, sizeof(record->other), found->other);
	trace_text(record->other_provider, sizeof(record->other_provider),
		   found->other ? found->other_provider : NULL);
}

/* Old secrets are kept in the vault when their time is over, too. */
static void look_into(struct trace_record *record, struct receive *receive,
		      const struct http_exchange *exchange, int64_t now_ms)
{
	const struct request *request = http_state(exchange);
	const struct registry_hook *hook = hooks_find(&receive->hooks, request->hook);
	const struct keyring *ring = &receive->hooks.keyring;
	auto_vaulted struct vaulted keys = VAULTED_EMPTY;
	struct diagnose_request asked = { .provider = request->provider };
	struct diagnosis found;
	struct error ignored = { 0 }; /* it was logged when the request was judged */

	if (!hook || vaulted_read(&keys, &ring->vault, ring->state, hook, &ignored) < 0)
		return;
	asked.opening = (struct signature_opening){ .header = read_header,
						    .request = exchange,
						    .now_ms = now_ms };
	vaulted_hand(&asked, &keys);
	take_body(&asked, record, request);
	diagnose(&found, &asked);
	keep(record, &found, request->provider);
}

/* May one more be looked into in this second? */
static bool may_look(struct trace_notes *notes, int64_t now_ms)
{
	if (now_ms - notes->second_ms >= SECOND_MS || now_ms < notes->second_ms) {
		notes->second_ms = now_ms;
		notes->looked = 0;
	}
	return notes->looked++ < LOOKS;
}

void trace_note(struct receive *receive, const struct http_exchange *exchange,
		const char *code)
{
	const int64_t now_ms = date_now_ms();
	const struct request *request = http_state(exchange);
	struct trace_notes *notes = &receive->notes;
	struct trace_record record = { .first_ms = now_ms,
				       .last_ms = now_ms,
				       .times = 1 };
	struct trace_record *same;
	bool look;

	if (!is_ready(notes, now_ms))
		return;
	fill(&record, receive, exchange, code);
	look = may_look(notes, now_ms);
	if (look && request && record.status == 401)
		look_into(&record, receive, exchange, now_ms);
	fill_detail(&record, request, exchange);
	same = trace_find(&notes->trace, &record, !look);
	if (same) {
		trace_again(same, now_ms);
		return;
	}
	fill_headers(&record, exchange);
	trace_add(&notes->trace, &record);
}
