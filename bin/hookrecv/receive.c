#include "bin/hookrecv/receive.h"

#include <stdlib.h>
#include <string.h>

#include "bin/hookrecv/answer.h"
#include "bin/hookrecv/request.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/log.h"
#include "lib/path.h"

int receive_open(struct receive *receive, const struct layout *layout,
		 const struct source_trust *trust, struct error *err)
{
	auto_free char *spool = path_join(layout->state, "spool");
	auto_free char *seen = path_join(layout->state, "seen");
	auto_free char *refused = path_join(layout->state, "refused");

	if (limits_load(&receive->limits, layout, err) < 0 ||
	    hooks_open(&receive->hooks, layout, err) < 0 ||
	    spool_open(&receive->spool, spool, err) < 0 ||
	    seen_open(&receive->seen, seen, &receive->spool, err) < 0 ||
	    guard_open(&receive->guard, layout, trust, &receive->limits, err) < 0)
		return -1;
	providers_open(&receive->providers, layout);
	trace_notes_open(&receive->notes, refused);
	space_open(&receive->space, &receive->spool, &receive->limits);
	receive->batch.spool = &receive->spool;
	receive->batch.seen = &receive->seen;
	return 0;
}

void receive_close(struct receive *receive)
{
	buf_free(&receive->payload);
	buf_free(&receive->batch.lines);
	trace_notes_close(&receive->notes);
	guard_close(&receive->guard);
	seen_close(&receive->seen);
	spool_close(&receive->spool);
	providers_close(&receive->providers);
	hooks_close(&receive->hooks);
}

void receive_count(struct receive *receive, const struct metrics *metrics)
{
	receive->metrics = *metrics;
	receive->batch.metrics = *metrics;
	receive->guard.metrics = *metrics;
}

static void begin(struct http_exchange *exchange, void *context)
{
	request_begin(context, exchange);
}

static void body(struct http_exchange *exchange, const char *bytes, size_t len,
		 void *context)
{
	(void)context;
	request_body(exchange, bytes, len);
}

static void store(struct receive *receive, struct http_exchange *exchange,
		  struct request *request)
{
	struct batch_item item = { .exchange = exchange,
				   .intake = &request->intake,
				   .event_id = request->id };

	item.entry.hook = request->hook;
	item.entry.delivery = request->delivery;
	memcpy(item.entry.id, request->intake.id, UUID_LEN);
	batch_add(&receive->batch, &item);
}

static void end(struct http_exchange *exchange, void *context)
{
	struct receive *receive = context;
	struct request *request = http_state(exchange);
	struct error err = { 0 };

	if (!request_judge(exchange))
		return;
	if (intake_finish(&request->intake, &err) < 0) {
		log_error("%s; the event was refused", err.message);
		answer_unavailable(exchange);
		return;
	}
	store(receive, exchange, request);
}

static void done(struct http_exchange *exchange, void *context)
{
	request_done(context, exchange);
}

static void turn(void *context)
{
	struct receive *receive = context;
	struct error err = { 0 };

	if (receive->batch.count)
		batch_commit(&receive->batch);
	keyring_forget(&receive->hooks.keyring, date_now_ms());
	if (hooks_refresh(&receive->hooks, &err) < 0)
		log_warning("%s, going on with the hooks as they were", err.message);
	log_flush();
}

static bool welcome(const struct address *address, unsigned others, void *context)
{
	struct receive *receive = context;

	return guard_welcome(&receive->guard, address, others);
}

struct http_service receive_service(struct receive *receive)
{
	return (struct http_service){ .context = receive,
				      .begin = begin,
				      .body = body,
				      .end = end,
				      .done = done,
				      .turn = turn,
				      .welcome = welcome };
}
