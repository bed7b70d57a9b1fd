#include "bin/hookrecv/aftermath.h"

#include <sys/statvfs.h>

#include "bin/hookrecv/receive.h"
#include "bin/hookrecv/request.h"
#include "lib/date.h"

/* A code of the answer, or what stands for one. */
static const char *verdict_of(const struct http_exchange *exchange,
			      const struct request *request)
{
	const char *code = http_error_code(exchange);
	unsigned status = http_status(exchange);

	if (code)
		return code;
	if (status == 0)
		return "broken_off";
	if (status >= 400)
		return "other";
	if (status == 202)
		return "accepted";
	return request && str_equal(request->event, request->provider->ping)
		       ? "ping"
		       : "duplicate";
}

void aftermath(struct receive *receive, const struct http_exchange *exchange)
{
	const struct request *request = http_state(exchange);
	struct metrics_request counted = { .provider = NULL };

	/* Who asks for our health is nobody's sender. */
	if (!request && http_status(exchange) < 400)
		return;
	counted.verdict = verdict_of(exchange, request);
	if (request) {
		counted.provider = request->provider;
		counted.bytes = request->bytes;
		counted.complete_us = request->complete_us;
	}
	metrics_count(&receive->metrics, &counted);
	if (http_status(exchange) >= 400 || http_status(exchange) == 0)
		trace_note(receive, exchange, counted.verdict);
}

static void count_ban(void *context, const struct ban *ban)
{
	uint64_t *count = context;

	(void)ban;
	++*count;
}

void aftermath_metrics(const struct receive *receive, struct http_exchange *exchange)
{
	struct metrics_now now = { .hooks = receive->hooks.rows.count };
	struct statvfs room = { 0 };
	auto_buf struct buf out = BUF_EMPTY;

	if (!receive->metrics.page) {
		http_answer_error(exchange, 404, "not_found", "nothing is counted here");
		return;
	}
	if (fstatvfs(receive->spool.dir[SPOOL_NEW], &room) == 0) {
		now.free_bytes = (uint64_t)room.f_bavail * room.f_frsize;
		now.free_inodes = room.f_favail;
	}
	bans_each(&receive->guard.bans, date_now_ms(), count_ban, &now.banned);
	metrics_write(&out, &receive->metrics, &now);
	http_answer(exchange, 200, "text/plain; version=0.0.4", out.data, out.len);
}
