#include "bin/hookroute/settle.h"

#include <stdlib.h>

#include "bin/hookroute/aside.h"
#include "bin/hookroute/deferral.h"
#include "bin/hookroute/dispatch.h"
#include "bin/hookroute/figures.h"
#include "bin/hookroute/handover.h"
#include "bin/hookroute/record.h"
#include "bin/hookroute/work.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/str.h"

enum { KEPT_MS = 300000, BLOCKED_MS = 1000 };

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

	if (!lease->ended || lease->open || lease->abandoned || dispatch->failed ||
	    !dispatch_holds(dispatch))
		return;
	settle_check(dispatch, lease_finish(lease, &err), &err);
	remove_lease(dispatch, lease);
}

void settle_mark(struct work *work, const struct delivery *delivery)
{
	struct error err = { 0 };
	char id[UUID_LEN];

	if (work->dispatch->lost)
		return;
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
	settle_mark(work, delivery);
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

/* Tell the consumers what is kept back for them. */
static void tell_kept(const struct work *work)
{
	size_t i;

	for (i = 0; i < work->deliveries.count; i++) {
		const struct parcel *parcel = &work->parcels[i];

		if (parcel->state == PARCEL_WAITS && parcel->delivery->kept &&
		    parcel->consumer && !parcel->held)
			kept_add(&parcel->consumer->kept, work->id);
	}
}

/* The file in defer/ stays as it is, for later. */
static bool stays(const struct work *work)
{
	size_t i;

	if (work->lease->state != SPOOL_DEFER || work->changed)
		return false;
	for (i = 0; i < work->deliveries.count; i++) {
		if (work->parcels[i].state == PARCEL_WAITS)
			return true;
	}
	return false;
}

void settle_end(struct work *work)
{
	struct dispatch *dispatch = work->dispatch;
	struct lease *lease = work->lease;
	bool stay = stays(work);

	tell_kept(work);
	lanes_forget(work);
	handover_wake(work);
	dispatch->bytes -= work->line.len;
	dispatch->events_open--;
	dispatch->retries_open -= lease->state == SPOOL_DEFER;
	dispatch->events++;
	lease->open--;
	work_free(work);
	lanes_file_read(dispatch, lease);
	if (stay)
		remove_lease(dispatch, lease);
	else
		settle_lease(dispatch, lease);
}

void settle_work(struct work *work)
{
	switch (deferral_add(work)) {
	case DEFERRAL_NOTHING:
		settle_end(work);
		break;
	case DEFERRAL_ADDED:
		break;
	case DEFERRAL_BUSY:
		work->again_ms = date_now_ms() + BLOCKED_MS;
		handover_sleep(work);
		break;
	}
}

/* When it is tried again; false when it is not. */
static bool find_due(struct parcel *parcel, const struct reply *reply, int64_t now_ms)
{
	struct delivery *delivery = parcel->delivery;
	const struct retry *retry = parcel->consumer ? &parcel->consumer->file.retry
						     : parcel->work->dispatch->retry;
	const struct retry_state state = { delivery->tries, delivery->since_ms, now_ms,
					   reply->after_ms };

	delivery->kept = reply->verdict == CONSUMER_BUSY;
	if (!delivery->kept)
		return retry_due(&delivery->due_ms, retry, &state);
	delivery->due_ms = now_ms + retry_spread(KEPT_MS);
	return true;
}

static void wait(struct parcel *parcel)
{
	const struct delivery *delivery = parcel->delivery;

	parcel->state = PARCEL_WAITS;
	handover_sleep(parcel->work);
	if (delivery->kept)
		log_info("event %s: %s to %s kept back: %s", parcel->work->id,
			 delivery->route, delivery->to, delivery->error);
	else
		log_info("event %s: %s to %s failed, try %u: %s", parcel->work->id,
			 delivery->route, delivery->to, delivery->tries, delivery->error);
}

static void take_note(struct delivery *delivery, const struct reply *reply,
		      int64_t now_ms)
{
	delivery->tries +=
		reply->verdict != CONSUMER_BUSY && reply->verdict != CONSUMER_SUPERSEDED;
	if (!delivery->since_ms)
		delivery->since_ms = now_ms;
	free(delivery->error);
	delivery->error = reply->message ? str_dup(reply->message) : NULL;
}

static void end_ok(struct parcel *parcel)
{
	parcel->work->dispatch->delivered++;
	settle_mark(parcel->work, parcel->delivery);
	log_info("event %s: %s to %s ok", parcel->work->id, parcel->delivery->route,
		 parcel->delivery->to);
}

static void end_superseded(struct parcel *parcel)
{
	settle_mark(parcel->work, parcel->delivery);
	log_info("event %s: %s to %s superseded: a newer one of its lane takes its place",
		 parcel->work->id, parcel->delivery->route, parcel->delivery->to);
}

void settle_parcel(struct parcel *parcel, const struct reply *reply)
{
	struct work *work = parcel->work;
	int64_t now_ms = date_now_ms();

	/* Another router has it: whatever came of this one's try. */
	if (!dispatch_holds(work->dispatch)) {
		parcel->state = PARCEL_DROPPED;
		settle_abandon(work);
		return;
	}
	if (reply->verdict == CONSUMER_BUSY && parcel->delivery->kept)
		work->moved = true;
	else
		work->changed = true;
	take_note(parcel->delivery, reply, now_ms);
	parcel->state = PARCEL_OVER;
	if (reply->verdict == CONSUMER_OK)
		end_ok(parcel);
	else if (reply->verdict == CONSUMER_SUPERSEDED)
		end_superseded(parcel);
	else if (reply->verdict != CONSUMER_PERMANENT && find_due(parcel, reply, now_ms))
		wait(parcel);
	else
		give_up(work, parcel->delivery);
	record_settled(parcel, reply);
	figures_settled(work->dispatch->figures, parcel, reply, now_ms);
	if (parcel->state == PARCEL_OVER)
		lanes_leave(parcel);
	else
		lanes_wait(parcel);
	settle_close(work);
}

void settle_close(struct work *work)
{
	if (--work->open == 0)
		settle_work(work);
}

void settle_abandon(struct work *work)
{
	work->lease->abandoned = true;
	settle_close(work);
}
