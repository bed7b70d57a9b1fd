#include "bin/hookroute/handover.h"

#include <string.h>

#include "bin/hookroute/choose.h"
#include "bin/hookroute/dispatch.h"
#include "bin/hookroute/record.h"
#include "bin/hookroute/settle.h"
#include "bin/hookroute/work.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/str.h"

enum { AHEAD = 64, HELD_MS = 3600000, OTHERS_MS = 5000 };

static void on_settled(struct consumer_value *value, const struct reply *reply)
{
	struct parcel *parcel = (struct parcel *)value;

	parcel->work->dispatch->values--;
	settle_parcel(parcel, reply);
}

static void on_write(struct consumer_value *value, struct buf *out)
{
	struct parcel *parcel = (struct parcel *)value;

	parcel->given_ms = date_now_ms();
	work_write(parcel->work, parcel->delivery, out);
}

static int find_consumer(struct consumer **found, struct dispatch *dispatch,
			 const char *name, struct error *err)
{
	struct consumer *consumer;
	size_t count = 0;

	for (consumer = dispatch->consumers; consumer; consumer = consumer->next) {
		if (str_equal(consumer->name, name)) {
			*found = consumer;
			return 0;
		}
		count++;
	}
	if (count == DISPATCH_CONSUMERS)
		return error_set(err, ERROR_CONFIG, "more than %d consumers",
				 DISPATCH_CONSUMERS);
	if (consumer_open(&consumer, name, dispatch->layout, err) < 0)
		return -1;
	consumer_use_retry(consumer, dispatch->retry);
	consumer->ahead =
		dispatch->events_max < 4 * AHEAD ? dispatch->events_max / 4 + 1 : AHEAD;
	consumer->next = dispatch->consumers;
	dispatch->consumers = consumer;
	*found = consumer;
	return 0;
}

static void settle_as(struct parcel *parcel, enum consumer_verdict verdict,
		      const char *message)
{
	const struct reply reply = { verdict, message, 0 };

	settle_parcel(parcel, &reply);
}

static void go(struct parcel *parcel)
{
	parcel->value.write = on_write;
	parcel->value.settled = on_settled;
	parcel->value.stale = false;
	parcel->work->dispatch->values++;
	consumer_add(parcel->consumer, &parcel->value, parcel->work->dispatch->now_ms);
}

/* Its turn will come: until then it is for defer/, and no try. */
static void wait_for_turn(struct parcel *parcel)
{
	struct delivery *delivery = parcel->delivery;
	int64_t now_ms = parcel->work->dispatch->now_ms;

	if (delivery->kept)
		parcel->work->moved = true;
	else
		parcel->work->changed = true;
	delivery->kept = true;
	delivery->due_ms = now_ms + (parcel->entry ? HELD_MS : OTHERS_MS);
	if (!delivery->since_ms)
		delivery->since_ms = now_ms;
	if (!delivery->error)
		delivery->error = str_dup("it waits for its turn in its lane");
	parcel->state = PARCEL_WAITS;
	parcel->held = true;
	handover_sleep(parcel->work);
	settle_close(parcel->work);
}

static void go_in_lane(struct parcel *parcel)
{
	switch (lanes_enter(parcel)) {
	case LANES_GO:
		go(parcel);
		break;
	case LANES_HOLD:
		parcel->state = PARCEL_HELD;
		parcel->value.added_ms = parcel->work->dispatch->now_ms;
		break;
	case LANES_ASIDE:
		wait_for_turn(parcel);
		break;
	case LANES_SUPERSEDED:
		settle_as(parcel, CONSUMER_SUPERSEDED, NULL);
		break;
	}
}

/* Hand one delivery over, or settle it at once where that cannot be. */
static void hand_over(struct parcel *parcel)
{
	struct dispatch *dispatch = parcel->work->dispatch;
	struct error err = { 0 };

	parcel->held = false;
	if (parcel->delivery->problem)
		settle_as(parcel, CONSUMER_PERMANENT, parcel->delivery->problem);
	else if (find_consumer(&parcel->consumer, dispatch, parcel->delivery->to, &err) <
		 0)
		settle_as(parcel,
			  err.kind == ERROR_ABSENT ? CONSUMER_PERMANENT
						   : CONSUMER_TEMPORARY,
			  err.message);
	else if (parcel->delivery->lane)
		go_in_lane(parcel);
	else
		go(parcel);
}

static void stop_holding(struct parcel *parcel)
{
	if (parcel->state == PARCEL_HELD)
		parcel->entry->lane->held--;
	else
		parcel->work->open++;
	parcel->state = PARCEL_OPEN;
	parcel->held = false;
}

void handover_release(struct parcel *parcel)
{
	if (parcel->state != PARCEL_HELD &&
	    !(parcel->state == PARCEL_WAITS && parcel->held))
		return;
	stop_holding(parcel);
	go(parcel);
}

void handover_hold(struct parcel *parcel)
{
	stop_holding(parcel);
	wait_for_turn(parcel);
}

void handover_drop(struct parcel *parcel)
{
	stop_holding(parcel);
	parcel->work->lease->abandoned = true;
	parcel->state = PARCEL_DROPPED;
	settle_close(parcel->work);
}

void handover_supersede(struct parcel *parcel)
{
	if (parcel->state == PARCEL_OPEN) {
		parcel->value.stale = true;
		return;
	}
	stop_holding(parcel);
	settle_as(parcel, CONSUMER_SUPERSEDED, NULL);
}

static void deliver(struct work *work)
{
	size_t i;

	choose_open(work);
	for (i = 0; i < work->deliveries.count; i++) {
		if (work->parcels[i].state == PARCEL_OPEN)
			hand_over(&work->parcels[i]);
		/* In cur/ it may merely have gone to defer/. */
		else if (work->parcels[i].state == PARCEL_OVER &&
			 work->lease->state == SPOOL_DEFER)
			lanes_leave(&work->parcels[i]);
	}
	settle_close(work);
}

static void take_answer(struct work *work)
{
	struct dispatch *dispatch = work->dispatch;
	struct lease *lease = work->lease;

	/* What defer/ said was of no use. */
	work->changed = lease->state == SPOOL_DEFER;
	lease->unrouted--;
	lease->open++; /* ours: delivering the last event would end it */
	deliver(work);
	lease->open--;
	lanes_file_read(dispatch, lease);
	settle_lease(dispatch, lease);
}

void handover_begin(struct work *work)
{
	struct dispatch *dispatch = work->dispatch;

	dispatch->bytes += work->line.len;
	dispatch->events_open++;
	record_taken(work);
	dispatch->retries_open += work->lease->state == SPOOL_DEFER;
	work->lease->open++;
	if (!work->is_unrouted) {
		deliver(work);
		return;
	}
	work->lease->unrouted++;
	work_ask(work, take_answer);
}

void handover_sleep(struct work *work)
{
	if (work->asleep)
		return;
	work->asleep = true;
	work->sleeper = work->dispatch->sleepers;
	work->dispatch->sleepers = work;
}

void handover_wake(struct work *work)
{
	struct work **at = &work->dispatch->sleepers;

	if (!work->asleep)
		return;
	while (*at && *at != work)
		at = &(*at)->sleeper;
	if (!*at)
		at = &work->dispatch->waking;
	while (*at != work)
		at = &(*at)->sleeper;
	*at = work->sleeper;
	work->asleep = false;
}

static int64_t work_due_ms(const struct work *work)
{
	int64_t due_ms = work->again_ms ? work->again_ms : INT64_MAX;
	size_t i;

	for (i = 0; i < work->deliveries.count && !work->is_for_other; i++) {
		if (work->parcels[i].state == PARCEL_WAITS &&
		    work->deliveries.list[i].due_ms < due_ms)
			due_ms = work->deliveries.list[i].due_ms;
	}
	return due_ms;
}

int64_t handover_wake_ms(const struct dispatch *dispatch)
{
	const struct work *work = dispatch->sleepers;
	int64_t wake_ms = INT64_MAX;

	for (; work; work = work->sleeper) {
		if (work_due_ms(work) < wake_ms)
			wake_ms = work_due_ms(work);
	}
	return wake_ms;
}

static void hand_over_due(struct work *work)
{
	int64_t now_ms = work->dispatch->now_ms;
	size_t i;

	work->lease->lanes_open -= work->is_for_other;
	work->is_for_other = false;
	for (i = 0; i < work->deliveries.count; i++) {
		struct parcel *parcel = &work->parcels[i];

		if (parcel->state != PARCEL_WAITS || parcel->delivery->due_ms > now_ms)
			continue;
		parcel->state = PARCEL_OPEN;
		work->open++;
		hand_over(parcel);
	}
}

/* While others of its event are under way, what waits is tried from memory. */
static void try_again(struct work *work)
{
	work->open++; /* ours */
	work->again_ms = 0;
	if (!work->is_for_other || lanes_are_ours(work->dispatch))
		hand_over_due(work);
	settle_close(work);
}

static struct work *find_for_other(struct work *work)
{
	while (work && !work->is_for_other)
		work = work->sleeper;
	return work;
}

void handover_take_back(struct dispatch *dispatch)
{
	for (;;) {
		struct work *work = find_for_other(dispatch->sleepers);

		if (!work)
			work = find_for_other(dispatch->waking);
		if (!work)
			return;
		handover_wake(work);
		try_again(work);
	}
}

/* Handing one over may settle another, which leaves the list then. */
void handover_due(struct dispatch *dispatch)
{
	dispatch->waking = dispatch->sleepers;
	dispatch->sleepers = NULL;
	while (dispatch->waking) {
		struct work *work = dispatch->waking;
		int64_t due_ms = work_due_ms(work);

		dispatch->waking = work->sleeper;
		work->asleep = false;
		if (due_ms != INT64_MAX)
			handover_sleep(work);
		if (due_ms <= dispatch->now_ms)
			try_again(work);
	}
}
