#include "bin/hookroute/deferral.h"

#include <stdlib.h>

#include "bin/hookroute/dispatch.h"
#include "bin/hookroute/handover.h"
#include "bin/hookroute/lane.h"
#include "bin/hookroute/settle.h"
#include "bin/hookroute/work.h"
#include "lib/error.h"
#include "lib/str.h"

static void copy_delivery(struct deliveries *left, const struct delivery *from)
{
	struct delivery *to = deliveries_add(left);

	*to = *from;
	to->route = from->route ? str_dup(from->route) : NULL;
	to->to = from->to ? str_dup(from->to) : NULL;
	to->send = from->send ? str_dup(from->send) : NULL;
	to->lane = from->lane ? str_dup(from->lane) : NULL;
	to->file = from->file ? str_dup(from->file) : NULL;
	to->error = from->error ? str_dup(from->error) : NULL;
	to->problem = NULL;
}

static void collect_left(struct deliveries *left, const struct work *work)
{
	size_t i;

	for (i = 0; i < work->deliveries.count; i++) {
		if (work->parcels[i].state == PARCEL_WAITS)
			copy_delivery(left, work->parcels[i].delivery);
	}
}

static void join(struct deliveries *left, struct lease *lease)
{
	auto_deliveries struct deliveries waiting = DELIVERIES_EMPTY;
	auto_buf struct buf line = BUF_EMPTY;
	struct error err = { 0 };
	bool found = false;
	size_t i;

	/* The event's line, then what is left of it; one that cannot be read is replaced. */
	for (i = 0; i < 2; i++) {
		if (lease_read(&line, &found, lease, &err) < 0)
			return;
	}
	if (aside_read(&waiting, (struct str_view){ buf_str(&line), line.len }, &err) < 0)
		return;
	for (i = 0; i < waiting.count; i++) {
		char id[UUID_LEN];

		delivery_id(id, lease->id, &waiting.list[i]);
		if (!deliveries_have(left, &waiting.list[i]) &&
		    !lease_has_handled(lease, id))
			copy_delivery(left, &waiting.list[i]);
	}
}

static int64_t first_due(const struct deliveries *left)
{
	int64_t due_ms = INT64_MAX;
	size_t i;

	for (i = 0; i < left->count; i++) {
		if (left->list[i].due_ms < due_ms)
			due_ms = left->list[i].due_ms;
	}
	return due_ms;
}

/* Something of this event may wait already: it came twice, or we died before the mark.
 * *busy: somebody works on that just now. */
static int take_waiting(struct deferral_item *item, bool *busy, struct deliveries *left,
			struct error *err)
{
	const struct work *work = item->work;
	const struct spool *spool = work->dispatch->spool;

	*busy = false;
	if (work->lease->state != SPOOL_CUR)
		return 0;
	if (lease_take(&item->joined, work->dispatch->tenure, SPOOL_DEFER, work->id,
		       err) < 0)
		return -1;
	*busy = !item->joined && aside_due_ms(spool, work->id) != INT64_MAX;
	if (item->joined)
		join(left, item->joined);
	return 0;
}

static int stage(struct deferral_item *item, bool *busy, struct deliveries *left,
		 struct error *err)
{
	const struct work *work = item->work;
	const struct aside aside = { work->dispatch->spool,
				     work->id,
				     { buf_str(&work->line), work->line.len } };

	if (take_waiting(item, busy, left, err) < 0)
		return -1;
	return *busy ? 0 : aside_stage(&item->staged, &aside, left, first_due(left), err);
}

/* In defer/ the file itself is replaced; in cur/ the event is this file's no more. */
static void mark_left(struct work *work)
{
	size_t i;

	if (work->lease->state != SPOOL_CUR)
		return;
	for (i = 0; i < work->deliveries.count && !work->dispatch->failed; i++) {
		if (work->parcels[i].state == PARCEL_WAITS)
			settle_mark(work, work->parcels[i].delivery);
	}
}

/* Nothing in the file has changed but that it is kept back for longer. */
static void move_time(struct work *work)
{
	int64_t due_ms = INT64_MAX;
	struct error err = { 0 };
	size_t i;

	for (i = 0; i < work->deliveries.count; i++) {
		if (work->parcels[i].state == PARCEL_WAITS &&
		    work->deliveries.list[i].due_ms < due_ms)
			due_ms = work->deliveries.list[i].due_ms;
	}
	if (due_ms != INT64_MAX)
		settle_check(work->dispatch,
			     aside_set_due(work->dispatch->spool, work->id, due_ms, &err),
			     &err);
}

static bool is_staged(const struct deferral *deferral, const char *id)
{
	size_t i;

	for (i = 0; i < deferral->count; i++) {
		if (str_equal(deferral->items[i].work->id, id))
			return true;
	}
	return false;
}

static void drop(struct deferral_item *item, const struct spool *spool)
{
	aside_unstage(&item->staged, spool);
	if (item->joined)
		lease_release(item->joined);
	item->joined = NULL;
}

static enum deferral_answer add(struct work *work, struct deliveries *left)
{
	struct dispatch *dispatch = work->dispatch;
	struct deferral *deferral = &dispatch->deferral;
	struct deferral_item item = { .work = work,
				      .left = left->count,
				      .staged = ASIDE_STAGED_NONE };
	struct error err = { 0 };
	bool busy = false;

	settle_check(dispatch, stage(&item, &busy, left, &err), &err);
	if (busy || dispatch->failed) {
		drop(&item, dispatch->spool);
		return busy ? DEFERRAL_BUSY : DEFERRAL_NOTHING;
	}
	deferral->items[deferral->count++] = item;
	deferral->has_lanes = deferral->has_lanes || lane_is_among(&work->deliveries);
	lanes_forget(work);
	handover_wake(work);
	return DEFERRAL_ADDED;
}

enum deferral_answer deferral_add(struct work *work)
{
	auto_deliveries struct deliveries left = DELIVERIES_EMPTY;
	struct dispatch *dispatch = work->dispatch;

	if (dispatch->lost)
		return DEFERRAL_NOTHING;
	/* The old file in defer/ still says all that is left. */
	if (work->lease->state == SPOOL_DEFER &&
	    (work->lease->abandoned || !work->changed)) {
		if (work->moved)
			move_time(work);
		return DEFERRAL_NOTHING;
	}
	collect_left(&left, work);
	if (!left.count || dispatch->failed)
		return DEFERRAL_NOTHING;
	if (dispatch->deferral.count == DEFERRAL_ITEMS ||
	    is_staged(&dispatch->deferral, work->id))
		deferral_commit(dispatch);
	return add(work, &left);
}

static int publish(struct deferral *deferral, struct dispatch *dispatch,
		   struct error *err)
{
	struct aside_staged *list[DEFERRAL_ITEMS];
	int fds[DEFERRAL_ITEMS];
	size_t i;

	for (i = 0; i < deferral->count; i++) {
		list[i] = &deferral->items[i].staged;
		fds[i] = list[i]->fd;
	}
	if (file_sync_all(&deferral->sync, fds, deferral->count, err) < 0)
		return error_wrap(err, "put events aside");
	/* That took its time. */
	if (!dispatch_holds(dispatch))
		return 0;
	return aside_publish(list, deferral->count, dispatch->spool, err);
}

static void end(struct deferral_item *item, struct dispatch *dispatch)
{
	bool is_done = !dispatch->failed && !dispatch->lost;
	struct error err = { 0 };

	if (is_done && item->joined)
		settle_check(dispatch, lease_finish(item->joined, &err), &err);
	if (is_done) {
		dispatch->deferred += item->left;
		lanes_put_aside(item->work);
		mark_left(item->work);
	}
	drop(item, dispatch->spool);
	settle_end(item->work);
}

void deferral_commit(struct dispatch *dispatch)
{
	struct deferral batch = dispatch->deferral;
	struct error err = { 0 };
	size_t i;

	if (!batch.count)
		return;
	settle_check(dispatch, publish(&batch, dispatch, &err), &err);
	/* Settling one may add another. */
	dispatch->deferral.sync = batch.sync;
	dispatch->deferral.count = 0;
	dispatch->deferral.has_lanes = false;
	for (i = 0; i < batch.count; i++)
		end(&batch.items[i], dispatch);
}

bool deferral_lost(const struct deferral *deferral)
{
	size_t i;

	for (i = 0; i < deferral->count; i++) {
		if (deferral->items[i].joined &&
		    !lease_is_ours(deferral->items[i].joined))
			return true;
	}
	return false;
}

void deferral_close(struct dispatch *dispatch)
{
	deferral_commit(dispatch);
	file_sync_close(&dispatch->deferral.sync);
}
