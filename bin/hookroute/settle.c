#include "bin/hookroute/settle.h"

#include <stdlib.h>

#include "bin/hookroute/aside.h"
#include "bin/hookroute/dispatch.h"
#include "bin/hookroute/work.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/str.h"

enum { BUSY_MS = 30000 };

static void remove_lease(struct dispatch *dispatch, struct lease *lease)
{
	struct lease **at = &dispatch->leases;

	while (*at != lease)
		at = &(*at)->next;
	*at = lease->next;
	lease_release(lease);
}

void settle_check(struct dispatch *dispatch, int failed, const struct error *err)
{
	if (!failed || dispatch->failed)
		return;
	dispatch->failed = true;
	*dispatch->failure = *err;
}

void settle_lease(struct dispatch *dispatch, struct lease *lease)
{
	struct error err = { 0 };

	if (!lease->ended || lease->open || lease->abandoned || dispatch->failed)
		return;
	settle_check(dispatch, lease_finish(lease, &err), &err);
	remove_lease(dispatch, lease);
}

static void mark(struct work *work, const struct delivery *delivery)
{
	struct error err = { 0 };
	char id[UUID_LEN];

	work_delivery_id(id, work, delivery);
	settle_check(work->dispatch, lease_mark(work->lease, id, &err), &err);
}

static struct aside aside_of(const struct work *work)
{
	return (struct aside){ work->dispatch->spool,
			       work->id,
			       { buf_str(&work->line), work->line.len } };
}

static void give_up(struct work *work, struct delivery *delivery)
{
	const struct aside aside = aside_of(work);
	struct error err = { 0 };

	settle_check(work->dispatch, aside_bury(&aside, delivery, &err), &err);
	if (work->dispatch->failed)
		return;
	work->dispatch->dead++;
	mark(work, delivery);
	if (delivery->problem)
		log_warning("event %s: %s failed: %s; it is in dead/", work->id,
			    delivery->route ? delivery->route : "routing",
			    delivery->problem);
	else
		log_warning(
			"event %s: %s to %s given up after %u tries: %s; it is in dead/",
			work->id, delivery->route, delivery->to, delivery->tries,
			delivery->error);
}

static uint64_t delay_of(const struct parcel *parcel)
{
	uint64_t delay = BUSY_MS;

	if (parcel->verdict == CONSUMER_TEMPORARY)
		(void)retry_delay(&delay, parcel->work->dispatch->retry,
				  parcel->delivery->tries);
	return delay;
}

/* A copy of those that are to be tried again, for the file in defer/: what waits, waits
 * together, for the longest of their delays. */
static void collect_left(struct deliveries *left, uint64_t *delay_ms,
			 const struct work *work)
{
	size_t i;

	for (i = 0; i < work->deliveries.count; i++) {
		const struct parcel *parcel = &work->parcels[i];
		const struct delivery *from = parcel->delivery;
		struct delivery *to;

		if (parcel->verdict != CONSUMER_TEMPORARY &&
		    parcel->verdict != CONSUMER_BUSY)
			continue;
		if (delay_of(parcel) > *delay_ms)
			*delay_ms = delay_of(parcel);
		to = deliveries_add(left);
		*to = *from;
		to->route = str_dup(from->route);
		to->to = str_dup(from->to);
		to->send = str_dup(from->send);
		to->lane = from->lane ? str_dup(from->lane) : NULL;
		to->error = str_dup(from->error);
		to->problem = NULL;
	}
}

static void defer_left(struct work *work)
{
	auto_deliveries struct deliveries left = DELIVERIES_EMPTY;
	const struct aside aside = aside_of(work);
	struct dispatch *dispatch = work->dispatch;
	struct error err = { 0 };
	uint64_t delay_ms = 0;
	size_t i;

	/* The old file in defer/ still says all that is left. */
	if (work->lease->abandoned && work->lease->state == SPOOL_DEFER)
		return;
	collect_left(&left, &delay_ms, work);
	if (!left.count)
		return;
	settle_check(dispatch,
		     aside_defer(&aside, &left, date_now_ms() + (int64_t)delay_ms, &err),
		     &err);
	dispatch->deferred += left.count;
	/* In defer/ the file itself was replaced; in cur/ the event is no more this file's. */
	for (i = 0;
	     i < left.count && work->lease->state == SPOOL_CUR && !dispatch->failed; i++)
		mark(work, &left.list[i]);
}

void settle_work(struct work *work)
{
	struct dispatch *dispatch = work->dispatch;
	struct lease *lease = work->lease;

	defer_left(work);
	dispatch->bytes -= work->line.len;
	dispatch->events_open--;
	dispatch->events++;
	lease->open--;
	work_free(work);
	settle_lease(dispatch, lease);
}

void settle_parcel(struct parcel *parcel, enum consumer_verdict verdict,
		   const char *message)
{
	struct work *work = parcel->work;
	struct delivery *delivery = parcel->delivery;
	uint64_t delay = 0;

	delivery->tries += verdict != CONSUMER_BUSY;
	free(delivery->error);
	delivery->error = str_dup(message);
	if (verdict == CONSUMER_TEMPORARY &&
	    !retry_delay(&delay, work->dispatch->retry, delivery->tries))
		verdict = CONSUMER_PERMANENT;
	parcel->verdict = verdict;
	if (verdict == CONSUMER_PERMANENT)
		give_up(work, delivery);
	if (verdict == CONSUMER_TEMPORARY || verdict == CONSUMER_BUSY)
		log_info("event %s: %s to %s failed, try %u: %s", work->id,
			 delivery->route, delivery->to, delivery->tries, message);
	if (verdict == CONSUMER_OK) {
		work->dispatch->delivered++;
		mark(work, delivery);
		log_info("event %s: %s to %s ok", work->id, delivery->route,
			 delivery->to);
	}
	if (--work->open == 0)
		settle_work(work);
}
