#include "bin/hookroute/dispatch.h"

#include "bin/hookroute/consumer_renew.h"
#include "bin/hookroute/handover.h"
#include "bin/hookroute/settle.h"
#include "bin/hookroute/tenure.h"
#include "bin/hookroute/work.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/str.h"

enum { BYTES_MAX = 64 << 20, CLOCK_MS = 2000 };

bool dispatch_has_room(const struct dispatch *dispatch)
{
	return !dispatch->failed && !dispatch->stopping &&
	       dispatch->events_open < dispatch->events_max + dispatch->stuck &&
	       dispatch->bytes < BYTES_MAX;
}

bool dispatch_has_room_for_due(const struct dispatch *dispatch)
{
	return dispatch_has_room(dispatch) &&
	       dispatch->retries_open < (dispatch->events_max + dispatch->stuck + 1) / 2;
}

bool dispatch_is_idle(const struct dispatch *dispatch)
{
	if (dispatch->stopping)
		return !dispatch->values;
	return !dispatch->leases && !dispatch->due->forced;
}

static int64_t first_of(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t dispatch_wake_ms(const struct dispatch *dispatch)
{
	const struct consumer *consumer = dispatch->consumers;
	int64_t wake_ms =
		first_of(handover_wake_ms(dispatch), lanes_wake_ms(&dispatch->lanes));

	for (; consumer; consumer = consumer->next) {
		wake_ms = first_of(wake_ms, consumer_wake_ms(consumer));
		if (consumer_probe_ms(consumer) > dispatch->now_ms)
			wake_ms = first_of(wake_ms, consumer_probe_ms(consumer));
	}
	return wake_ms;
}

void dispatch_add(struct dispatch *dispatch, struct lease *lease)
{
	struct lease **end = &dispatch->leases;

	while (*end)
		end = &(*end)->next;
	lease->next = NULL;
	*end = lease;
}

void dispatch_add_first(struct dispatch *dispatch, struct lease *lease)
{
	lease->next = dispatch->leases;
	dispatch->leases = lease;
}

/* The next file that has events left to read. */
static struct lease *next_lease(const struct dispatch *dispatch)
{
	struct lease *lease = dispatch->leases;

	while (lease && lease->ended)
		lease = lease->next;
	return lease;
}

bool dispatch_is_reading(const struct dispatch *dispatch)
{
	return next_lease(dispatch);
}

/* What a consumer that hangs has got does not keep others waiting. */
static void count_stuck(struct dispatch *dispatch, int64_t now_ms)
{
	struct consumer *consumer;

	dispatch->stuck = 0;
	for (consumer = dispatch->consumers; consumer; consumer = consumer->next) {
		if (consumer_is_stalled(consumer, now_ms))
			dispatch->stuck += consumer->sent.count;
	}
}

void dispatch_begin(struct dispatch *dispatch, int64_t now_ms)
{
	dispatch->now_ms = now_ms;
	count_stuck(dispatch, now_ms);
	if (dispatch->stopping || dispatch->failed)
		return;
	handover_due(dispatch);
	lanes_tick(dispatch);
}

static void end_file(struct dispatch *dispatch, struct lease *lease)
{
	lanes_file_read(dispatch, lease);
	settle_lease(dispatch, lease);
}

bool dispatch_read(struct dispatch *dispatch)
{
	struct lease *lease = next_lease(dispatch);
	struct error err = { 0 };
	struct work *work = NULL;
	bool ended = false;

	if (!lease)
		return false;
	if (work_read(&work, &ended, dispatch, lease, &err) < 0)
		settle_check(dispatch, -1, &err);
	else if (ended)
		end_file(dispatch, lease);
	else
		handover_begin(work);
	return true;
}

/* What is kept back for a consumer that can take it is taken up, some at a time. */
static void call_kept(struct dispatch *dispatch, struct consumer *consumer)
{
	size_t count = consumer_wants(consumer, dispatch->now_ms);
	char id[UUID_LEN];

	if (dispatch->due->forced)
		return;
	while (count-- && kept_take(id, &consumer->kept))
		due_force(dispatch->due, id, dispatch->now_ms);
}

/* Has it got so much that others have nothing to do?  If all have, it is merely work. */
static bool keeps_others(const struct dispatch *dispatch, const struct consumer *consumer)
{
	const struct consumer *other = dispatch->consumers;

	if (consumer_is_stalled(consumer, dispatch->now_ms))
		return true;
	while (other && (other->sent.first || other->waiting.first))
		other = other->next;
	return other && consumer_is_slow(consumer, dispatch->now_ms);
}

void dispatch_feed(struct dispatch *dispatch)
{
	int64_t now_ms = dispatch->now_ms;
	struct consumer *consumer;

	if (dispatch->stopping || dispatch->failed)
		return;
	/* Without room for what waits, the one that all these are behind may not get in. */
	if (!dispatch_has_room_for_due(dispatch))
		lanes_relieve(&dispatch->lanes, now_ms);
	for (consumer = dispatch->consumers; consumer; consumer = consumer->next) {
		if (!dispatch_has_room(dispatch) && keeps_others(dispatch, consumer))
			consumer_relieve(consumer, now_ms);
		consumer_feed(consumer, now_ms);
		call_kept(dispatch, consumer);
	}
}

/* What these values belong to stays in its file, for the next router. */
static void drop_values(struct consumer_queue *queue)
{
	struct consumer_value *value = queue->first;

	while (value) {
		struct parcel *parcel = (struct parcel *)value;

		value = value->next;
		parcel->work->dispatch->values--;
		parcel->state = PARCEL_DROPPED;
		settle_abandon(parcel->work);
	}
	*queue = (struct consumer_queue){ NULL, NULL, 0 };
}

void dispatch_stop(struct dispatch *dispatch)
{
	struct consumer *consumer;

	dispatch->stopping = true;
	work_drop(dispatch, settle_abandon);
	lanes_drop(&dispatch->lanes);
	for (consumer = dispatch->consumers; consumer; consumer = consumer->next)
		drop_values(&consumer->waiting);
}

bool dispatch_holds(struct dispatch *dispatch)
{
	const struct lease *lease = dispatch->leases;

	if (dispatch->lost || !tenure_is_over(dispatch->tenure))
		return !dispatch->lost;
	/* Who takes over looks at the beat after the exchange of files, we at the files after
	 * the beat: one sees the other. */
	tenure_beat(dispatch->tenure);
	for (; lease && !dispatch->lost; lease = lease->next)
		dispatch->lost = !lease_is_ours(lease);
	dispatch->lost = dispatch->lost || deferral_lost(&dispatch->deferral) ||
			 !lane_lock_follow(&dispatch->lanes.lock);
	return !dispatch->lost;
}

static void end_consumers(struct dispatch *dispatch, bool patiently)
{
	struct consumer *consumer;

	while ((consumer = dispatch->consumers)) {
		dispatch->consumers = consumer->next;
		if (patiently)
			consumer_finish(consumer);
		consumer_close(consumer);
	}
}

static void drop_all(struct dispatch *dispatch)
{
	struct consumer *consumer;

	for (consumer = dispatch->consumers; consumer; consumer = consumer->next)
		drop_values(&consumer->sent);
	dispatch_stop(dispatch);
	deferral_commit(dispatch);
}

static void let_go(struct dispatch *dispatch)
{
	struct lease *lease;

	while ((lease = dispatch->leases)) {
		dispatch->leases = lease->next;
		lease_release(lease);
	}
	lanes_close(&dispatch->lanes);
}

/* Consumers go first: what they have got others get, too. */
void dispatch_forget(struct dispatch *dispatch)
{
	bool stopping = dispatch->stopping;

	dispatch->lost = true;
	drop_all(dispatch);
	while (dispatch->sleepers)
		settle_work(dispatch->sleepers);
	end_consumers(dispatch, false);
	let_go(dispatch);
	dispatch->lanes = (struct lanes)LANES_NONE;
	dispatch->stopping = stopping;
	dispatch->lost = false;
}

void dispatch_renew(struct dispatch *dispatch)
{
	struct consumer *consumer;

	for (consumer = dispatch->consumers; consumer; consumer = consumer->next)
		consumer_renew(consumer, dispatch->layout);
}

void dispatch_follow(struct dispatch *dispatch)
{
	if (!lane_lock_follow(&dispatch->lanes.lock))
		dispatch->lost = true;
}

bool dispatch_follow_clock(struct dispatch *dispatch)
{
	int64_t clock_ms = date_now_ms() - date_steady_ms();
	int64_t by_ms = clock_ms - dispatch->clock_ms;
	bool is_known = dispatch->clock_ms;
	struct consumer *consumer;

	if (is_known && by_ms > -CLOCK_MS && by_ms < CLOCK_MS)
		return false;
	dispatch->clock_ms = clock_ms;
	if (!is_known)
		return false;
	log_notice("the clock was set by %lld s", (long long)by_ms / 1000);
	for (consumer = dispatch->consumers; consumer; consumer = consumer->next)
		consumer_shift(consumer, by_ms);
	dispatch->lanes.gate_ms += by_ms;
	dispatch->lanes.sweep_ms += by_ms;
	dispatch->lanes.lock.try_ms += by_ms;
	return true;
}

void dispatch_close(struct dispatch *dispatch)
{
	drop_all(dispatch);
	deferral_close(dispatch);
	end_consumers(dispatch, true);
	let_go(dispatch);
}
