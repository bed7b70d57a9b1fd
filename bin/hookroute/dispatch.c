#include "bin/hookroute/dispatch.h"

#include <stdlib.h>

#include "bin/hookroute/aside.h"
#include "bin/hookroute/work.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/str.h"

enum { VALUES_MAX = 2048, BYTES_MAX = 64 << 20 };

bool dispatch_has_room(const struct dispatch *dispatch)
{
	return !dispatch->failed && dispatch->values < VALUES_MAX && dispatch->bytes < BYTES_MAX;
}

bool dispatch_is_idle(const struct dispatch *dispatch)
{
	return !dispatch->leases;
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

	if (!lease->ended || lease->open || dispatch->failed)
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

static struct str_view line_of(const struct work *work)
{
	return (struct str_view){ buf_str(&work->line), work->line.len };
}

static void give_up(struct work *work, struct delivery *delivery)
{
	struct error err = { 0 };

	log_warning("event %s: %s%s%s given up after %u tries: %s", work->id,
		    delivery->route ? delivery->route : "the routes",
		    delivery->to ? " to " : "", delivery->to ? delivery->to : "", delivery->tries,
		    delivery->error ? delivery->error : "");
	check(work->dispatch,
	      aside_bury(work->dispatch->spool, work->id, line_of(work), delivery, &err), &err);
	work->dispatch->dead++;
	mark(work, delivery);
}

/* A copy of those that are to be tried again, for the file in defer/. */
static void collect_left(struct deliveries *left, const struct work *work)
{
	size_t i;

	for (i = 0; i < work->deliveries.count; i++) {
		const struct delivery *from = work->parcels[i].delivery;
		struct delivery *to;

		if (work->parcels[i].verdict != CONSUMER_TEMPORARY)
			continue;
		to = deliveries_add(left);
		*to = *from;
		to->route = str_dup(from->route);
		to->to = str_dup(from->to);
		to->send = str_dup(from->send);
		to->error = str_dup(from->error);
		to->problem = NULL;
	}
}

/* The longest delay of those that failed: what waits, waits together. */
static int64_t next_try_ms(const struct work *work, const struct deliveries *left)
{
	uint64_t longest = 0;
	size_t i;

	for (i = 0; i < left->count; i++) {
		uint64_t delay = 0;

		if (retry_delay(&delay, work->dispatch->retry, left->list[i].tries) &&
		    delay > longest)
			longest = delay;
	}
	return date_now_ms() + (int64_t)longest;
}

static void defer_left(struct work *work)
{
	auto_deliveries struct deliveries left = DELIVERIES_EMPTY;
	struct dispatch *dispatch = work->dispatch;
	struct error err = { 0 };
	size_t i;

	collect_left(&left, work);
	if (!left.count)
		return;
	check(dispatch,
	      aside_defer(dispatch->spool, work->id, line_of(work), &left,
			  next_try_ms(work, &left), &err),
	      &err);
	dispatch->deferred += left.count;
	/* In defer/ the file itself was replaced; in cur/ the event is no more this file's. */
	for (i = 0; i < left.count && work->lease->state == SPOOL_CUR && !dispatch->failed; i++)
		mark(work, &left.list[i]);
}

static void finish_work(struct work *work)
{
	struct dispatch *dispatch = work->dispatch;
	struct lease *lease = work->lease;

	defer_left(work);
	dispatch->bytes -= work->line.len;
	dispatch->events++;
	lease->open--;
	work_free(work);
	end_lease_if_done(dispatch, lease);
}

/* One delivery is over, for now or for good. */
static void settle(struct parcel *parcel, enum consumer_verdict verdict, const char *message)
{
	struct work *work = parcel->work;
	struct delivery *delivery = parcel->delivery;
	uint64_t delay = 0;

	delivery->tries++;
	free(delivery->error);
	delivery->error = str_dup(message);
	if (verdict == CONSUMER_TEMPORARY &&
	    !retry_delay(&delay, work->dispatch->retry, delivery->tries))
		verdict = CONSUMER_PERMANENT;
	parcel->verdict = verdict;
	if (verdict == CONSUMER_PERMANENT)
		give_up(work, delivery);
	if (verdict == CONSUMER_TEMPORARY)
		log_info("event %s: %s to %s failed, try %u: %s", work->id, delivery->route,
			 delivery->to, delivery->tries, message);
	if (verdict == CONSUMER_OK) {
		work->dispatch->delivered++;
		mark(work, delivery);
		log_info("event %s: %s to %s ok", work->id, delivery->route, delivery->to);
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

static int find_consumer(struct consumer **found, struct dispatch *dispatch, const char *name,
			 struct error *err)
{
	struct consumer *consumer;

	for (consumer = dispatch->consumers; consumer; consumer = consumer->next) {
		if (str_equal(consumer->name, name)) {
			*found = consumer;
			return 0;
		}
	}
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
		settle(parcel, CONSUMER_PERMANENT, err.message);
		return;
	}
	parcel->value.write = on_write;
	parcel->value.settled = on_settled;
	work->dispatch->values++;
	consumer_add(consumer, &parcel->value);
}

static void begin_work(struct work *work)
{
	size_t count = work->deliveries.count;
	size_t i;

	work->dispatch->bytes += work->line.len;
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

void dispatch_pull(struct dispatch *dispatch, int64_t now_ms)
{
	struct consumer *consumer;
	struct lease *lease;

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
	for (consumer = dispatch->consumers; consumer; consumer = consumer->next)
		consumer_feed(consumer, now_ms);
}

/* Values that were handed over belong to works that nobody finishes any more. */
static void drop_values(struct consumer_queue *queue)
{
	struct consumer_value *value = queue->first;

	while (value) {
		struct parcel *parcel = (struct parcel *)value;

		value = value->next;
		if (--parcel->work->open == 0)
			work_free(parcel->work);
	}
	*queue = (struct consumer_queue){ NULL, NULL };
}

void dispatch_close(struct dispatch *dispatch)
{
	struct consumer *consumer;
	struct lease *lease;

	for (consumer = dispatch->consumers; consumer; consumer = consumer->next)
		drop_values(&consumer->sent);
	for (consumer = dispatch->consumers; consumer; consumer = consumer->next)
		drop_values(&consumer->waiting);
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
