#include "bin/hookroute/dispatch.h"

#include "bin/hookroute/record.h"
#include "bin/hookroute/settle.h"
#include "bin/hookroute/work.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/str.h"

enum { BYTES_MAX = 64 << 20, AHEAD = 64 };

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

/* Hand one delivery over, or settle it at once where that cannot be. */
static void hand_over(struct parcel *parcel)
{
	struct work *work = parcel->work;
	struct error err = { 0 };

	if (parcel->delivery->problem) {
		settle_as(parcel, CONSUMER_PERMANENT, parcel->delivery->problem);
		return;
	}
	if (find_consumer(&parcel->consumer, work->dispatch, parcel->delivery->to, &err) <
	    0) {
		settle_as(parcel,
			  err.kind == ERROR_ABSENT ? CONSUMER_PERMANENT
						   : CONSUMER_TEMPORARY,
			  err.message);
		return;
	}
	parcel->value.write = on_write;
	parcel->value.settled = on_settled;
	work->dispatch->values++;
	consumer_add(parcel->consumer, &parcel->value, work->dispatch->now_ms);
}

static bool is_handled(const struct parcel *parcel)
{
	char id[UUID_LEN];

	work_delivery_id(id, parcel->work, parcel->delivery);
	return lease_has_handled(parcel->work->lease, id);
}

/* A file whose time is before that of all that waits in it was touched by a person. */
static bool is_touched(const struct work *work)
{
	size_t i;

	for (i = 0; i < work->deliveries.count; i++) {
		if (work->deliveries.list[i].due_ms <= work->lease->due_ms)
			return false;
	}
	return true;
}

static void choose_open(struct work *work)
{
	bool touched = is_touched(work);
	size_t i;

	work->open = 1; /* ours, until all have been handed over */
	for (i = 0; i < work->deliveries.count; i++) {
		struct parcel *parcel = &work->parcels[i];
		const struct delivery *delivery = parcel->delivery;

		parcel->state = PARCEL_OPEN;
		if (is_handled(parcel))
			parcel->state = PARCEL_OVER;
		else if (delivery->due_ms > work->dispatch->now_ms && !touched &&
			 !(delivery->kept && work->lease->forced))
			parcel->state = PARCEL_WAITS;
		if (parcel->state == PARCEL_WAITS)
			dispatch_sleep(work);
		work->open += parcel->state == PARCEL_OPEN;
	}
}

static void deliver(struct work *work)
{
	size_t i;

	choose_open(work);
	for (i = 0; i < work->deliveries.count; i++) {
		if (work->parcels[i].state == PARCEL_OPEN)
			hand_over(&work->parcels[i]);
	}
	settle_close(work);
}

static void begin_work(struct work *work)
{
	work->dispatch->bytes += work->line.len;
	work->dispatch->events_open++;
	record_taken(work);
	work->dispatch->retries_open += work->lease->state == SPOOL_DEFER;
	work->lease->open++;
	if (work->is_unrouted)
		work_ask(work, deliver);
	else
		deliver(work);
}

void dispatch_sleep(struct work *work)
{
	if (work->asleep)
		return;
	work->asleep = true;
	work->sleeper = work->dispatch->sleepers;
	work->dispatch->sleepers = work;
}

void dispatch_wake(struct work *work)
{
	struct work **at = &work->dispatch->sleepers;

	if (!work->asleep)
		return;
	while (*at != work)
		at = &(*at)->sleeper;
	*at = work->sleeper;
	work->asleep = false;
}

static int64_t work_due_ms(const struct work *work)
{
	int64_t due_ms = work->again_ms ? work->again_ms : INT64_MAX;
	size_t i;

	for (i = 0; i < work->deliveries.count; i++) {
		if (work->parcels[i].state == PARCEL_WAITS &&
		    work->deliveries.list[i].due_ms < due_ms)
			due_ms = work->deliveries.list[i].due_ms;
	}
	return due_ms;
}

int64_t dispatch_wake_ms(const struct dispatch *dispatch)
{
	const struct work *work = dispatch->sleepers;
	int64_t wake_ms = INT64_MAX;

	for (; work; work = work->sleeper) {
		if (work_due_ms(work) < wake_ms)
			wake_ms = work_due_ms(work);
	}
	return wake_ms;
}

/* While others of its event are under way, what waits is tried from memory. */
static void try_again(struct work *work)
{
	int64_t now_ms = work->dispatch->now_ms;
	size_t i;

	work->open++;
	work->again_ms = 0;
	for (i = 0; i < work->deliveries.count; i++) {
		struct parcel *parcel = &work->parcels[i];

		if (parcel->state != PARCEL_WAITS || parcel->delivery->due_ms > now_ms)
			continue;
		parcel->state = PARCEL_OPEN;
		work->open++;
		hand_over(parcel);
	}
	settle_close(work);
}

static void wake_sleepers(struct dispatch *dispatch)
{
	struct work *work = dispatch->sleepers;

	dispatch->sleepers = NULL;
	while (work) {
		struct work *next = work->sleeper;
		int64_t due_ms = work_due_ms(work);

		work->asleep = false;
		if (due_ms != INT64_MAX)
			dispatch_sleep(work);
		if (due_ms <= dispatch->now_ms)
			try_again(work);
		work = next;
	}
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
	if (!dispatch->stopping && !dispatch->failed)
		wake_sleepers(dispatch);
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
		settle_lease(dispatch, lease);
	else
		begin_work(work);
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

void dispatch_feed(struct dispatch *dispatch)
{
	int64_t now_ms = dispatch->now_ms;
	struct consumer *consumer;

	if (dispatch->stopping || dispatch->failed)
		return;
	for (consumer = dispatch->consumers; consumer; consumer = consumer->next) {
		if (!dispatch_has_room(dispatch) &&
		    (consumer_is_stalled(consumer, now_ms) ||
		     consumer_is_slow(consumer, now_ms)))
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
	for (consumer = dispatch->consumers; consumer; consumer = consumer->next)
		drop_values(&consumer->waiting);
}

void dispatch_close(struct dispatch *dispatch)
{
	struct consumer *consumer;
	struct lease *lease;

	for (consumer = dispatch->consumers; consumer; consumer = consumer->next)
		drop_values(&consumer->sent);
	dispatch_stop(dispatch);
	while ((consumer = dispatch->consumers)) {
		dispatch->consumers = consumer->next;
		consumer_finish(consumer);
		consumer_close(consumer);
	}
	while ((lease = dispatch->leases)) {
		dispatch->leases = lease->next;
		lease_release(lease);
	}
}
