#include "bin/hookroute/dispatch.h"

#include <stdlib.h>

#include "bin/hookroute/aside.h"
#include "bin/hookroute/work.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/str.h"

enum { BYTES_MAX = 64 << 20, BUSY_MS = 30000 };

bool dispatch_has_room(const struct dispatch *dispatch)
{
	return !dispatch->failed && !dispatch->stopping &&
	       dispatch->events_open < dispatch->events_max + dispatch->stuck &&
	       dispatch->bytes < BYTES_MAX;
}

bool dispatch_is_idle(const struct dispatch *dispatch)
{
	return dispatch->stopping ? !dispatch->values : !dispatch->leases;
}

void dispatch_add(struct dispatch *dispatch, struct lease *lease)
{
	struct lease **end = &dispatch->leases;

	while (*end)
		end = &(*end)->next;
	lease->next = NULL;
	*end = lease;
}

static void remove_lease(struct dispatch *dispatch, struct lease *lease)
{
	struct lease **at = &dispatch->leases;

	while (*at != lease)
		at = &(*at)->next;
	*at = lease->next;
	lease_release(lease);
}

/* When the disk takes nothing any more, nothing can be promised: stop, and say why. */
static void check(struct dispatch *dispatch, int failed, const struct error *err)
{
	if (!failed || dispatch->failed)
		return;
	dispatch->failed = true;
	*dispatch->failure = *err;
}

static void end_lease_if_done(struct dispatch *dispatch, struct lease *lease)
{
	struct error err = { 0 };

	if (!lease->ended || lease->open || lease->abandoned || dispatch->failed)
		return;
	check(dispatch, lease_finish(lease, &err), &err);
	remove_lease(dispatch, lease);
}

static void mark(struct work *work, const struct delivery *delivery)
{
	struct error err = { 0 };
	char id[UUID_LEN];

	work_delivery_id(id, work, delivery);
	check(work->dispatch, lease_mark(work->lease, id, &err), &err);
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

	check(work->dispatch, aside_bury(&aside, delivery, &err), &err);
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
	check(dispatch,
	      aside_defer(&aside, &left, date_now_ms() + (int64_t)delay_ms, &err), &err);
	dispatch->deferred += left.count;
	/* In defer/ the file itself was replaced; in cur/ the event is no more this file's. */
	for (i = 0;
	     i < left.count && work->lease->state == SPOOL_CUR && !dispatch->failed; i++)
		mark(work, &left.list[i]);
}

static void finish_work(struct work *work)
{
	struct dispatch *dispatch = work->dispatch;
	struct lease *lease = work->lease;

	defer_left(work);
	dispatch->bytes -= work->line.len;
	dispatch->events_open--;
	dispatch->events++;
	lease->open--;
	work_free(work);
	end_lease_if_done(dispatch, lease);
}

/* One delivery is over, for now or for good. */
static void settle(struct parcel *parcel, enum consumer_verdict verdict,
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
		finish_work(work);
}

static void on_settled(struct consumer_value *value, enum consumer_verdict verdict,
		       const char *message)
{
	struct parcel *parcel = (struct parcel *)value;

	parcel->work->dispatch->values--;
	settle(parcel, verdict, message);
}

static void on_write(struct consumer_value *value, struct buf *out)
{
	const struct parcel *parcel = (struct parcel *)value;

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
	consumer->next = dispatch->consumers;
	dispatch->consumers = consumer;
	*found = consumer;
	return 0;
}

/* Hand one delivery over, or settle it at once where that cannot be. */
static void hand_over(struct parcel *parcel)
{
	struct work *work = parcel->work;
	struct consumer *consumer = NULL;
	struct error err = { 0 };
	char id[UUID_LEN];

	work_delivery_id(id, work, parcel->delivery);
	if (lease_has_handled(work->lease, id)) {
		if (--work->open == 0)
			finish_work(work);
		return;
	}
	if (parcel->delivery->problem) {
		settle(parcel, CONSUMER_PERMANENT, parcel->delivery->problem);
		return;
	}
	if (find_consumer(&consumer, work->dispatch, parcel->delivery->to, &err) < 0) {
		settle(parcel,
		       err.kind == ERROR_ABSENT ? CONSUMER_PERMANENT : CONSUMER_TEMPORARY,
		       err.message);
		return;
	}
	parcel->value.write = on_write;
	parcel->value.settled = on_settled;
	work->dispatch->values++;
	consumer_add(consumer, &parcel->value, work->dispatch->now_ms);
}

static void begin_work(struct work *work)
{
	size_t count = work->deliveries.count;
	size_t i;

	work->dispatch->bytes += work->line.len;
	work->dispatch->events_open++;
	work->lease->open++;
	if (!count)
		finish_work(work);
	/* Handing over the last one may settle it, and free the work. */
	for (i = 0; i < count; i++)
		hand_over(&work->parcels[i]);
}

/* The next file that has events left to read. */
static struct lease *next_lease(const struct dispatch *dispatch)
{
	struct lease *lease = dispatch->leases;

	while (lease && lease->ended)
		lease = lease->next;
	return lease;
}

/* What a consumer that hangs has got does not keep others waiting. */
static void count_stuck(struct dispatch *dispatch, int64_t now_ms)
{
	struct consumer *consumer;

	dispatch->stuck = 0;
	for (consumer = dispatch->consumers; consumer; consumer = consumer->next) {
		if (consumer_is_stalled(consumer, now_ms))
			dispatch->stuck += consumer->sent_count;
	}
}

void dispatch_pull(struct dispatch *dispatch, int64_t now_ms)
{
	struct consumer *consumer;
	struct lease *lease;

	dispatch->now_ms = now_ms;
	count_stuck(dispatch, now_ms);
	while (dispatch_has_room(dispatch) && (lease = next_lease(dispatch))) {
		struct error err = { 0 };
		struct work *work = NULL;
		bool ended = false;

		if (work_read(&work, &ended, dispatch, lease, &err) < 0)
			check(dispatch, -1, &err);
		else if (ended)
			end_lease_if_done(dispatch, lease);
		else
			begin_work(work);
	}
	if (dispatch->stopping || dispatch->failed)
		return;
	for (consumer = dispatch->consumers; consumer; consumer = consumer->next) {
		if (!dispatch_has_room(dispatch) && consumer_is_stalled(consumer, now_ms))
			consumer_relieve(consumer);
		consumer_feed(consumer, now_ms);
	}
}

/* What these values belong to stays in its file, for the next router. */
static void drop_values(struct consumer_queue *queue)
{
	struct consumer_value *value = queue->first;

	while (value) {
		struct parcel *parcel = (struct parcel *)value;
		struct work *work = parcel->work;

		value = value->next;
		work->lease->abandoned = true;
		work->dispatch->values--;
		if (--work->open == 0)
			finish_work(work);
	}
	*queue = (struct consumer_queue){ NULL, NULL };
}

void dispatch_stop(struct dispatch *dispatch)
{
	struct consumer *consumer;

	dispatch->stopping = true;
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
