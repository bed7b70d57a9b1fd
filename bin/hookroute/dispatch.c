#include "bin/hookroute/dispatch.h"

#include "bin/hookroute/settle.h"
#include "bin/hookroute/work.h"
#include "lib/error.h"
#include "lib/str.h"

enum { BYTES_MAX = 64 << 20 };

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

static void on_settled(struct consumer_value *value, enum consumer_verdict verdict,
		       const char *message)
{
	struct parcel *parcel = (struct parcel *)value;

	parcel->work->dispatch->values--;
	settle_parcel(parcel, verdict, message);
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
			settle_work(work);
		return;
	}
	if (parcel->delivery->problem) {
		settle_parcel(parcel, CONSUMER_PERMANENT, parcel->delivery->problem);
		return;
	}
	if (find_consumer(&consumer, work->dispatch, parcel->delivery->to, &err) < 0) {
		settle_parcel(parcel,
			      err.kind == ERROR_ABSENT ? CONSUMER_PERMANENT
						       : CONSUMER_TEMPORARY,
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
		settle_work(work);
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
			settle_check(dispatch, -1, &err);
		else if (ended)
			settle_lease(dispatch, lease);
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
			settle_work(work);
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
