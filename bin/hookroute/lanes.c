#include "bin/hookroute/lanes.h"

#include <string.h>

#include "bin/hookroute/aside.h"
#include "bin/hookroute/dispatch.h"
#include "bin/hookroute/handover.h"
#include "bin/hookroute/lane.h"
#include "bin/hookroute/lanes_look.h"
#include "bin/hookroute/settle.h"
#include "bin/hookroute/work.h"
#include "lib/error.h"
#include "lib/log.h"

enum { HELD_MAX = 256, SWEEP_MS = 30000, HELD_MS = 2000 };

int lanes_open(struct dispatch *dispatch, struct error *err)
{
	struct lanes *lanes = &dispatch->lanes;

	lanes->lock.spool = dispatch->spool;
	lanes->lock.tenure = dispatch->tenure;
	if (lane_lock_open(&lanes->lock, &lanes->needed, err) < 0)
		return -1;
	if (lanes->needed)
		(void)lanes_are_ours(dispatch);
	return 0;
}

void lanes_close(struct lanes *lanes)
{
	lane_table_free(&lanes->table);
	lane_lock_close(&lanes->lock);
}

/* It may have got one before it, of which we have only now heard. */
static bool pass(struct dispatch *dispatch, struct lane_entry *entry)
{
	entry->lane->gated = !lanes_may_pass(dispatch, entry);
	dispatch->lanes.gated = dispatch->lanes.gated || entry->lane->gated;
	return !entry->lane->gated && !entry->before;
}

/* The first of its lane: its turn has come. */
static void call(struct dispatch *dispatch, struct lane_entry *entry)
{
	if (!entry->parcel)
		due_force(dispatch->due, entry->id, dispatch->now_ms);
	else if (pass(dispatch, entry))
		handover_release(entry->parcel);
}

static void each_lane(struct dispatch *dispatch,
		      void (*visit)(struct dispatch *dispatch, struct lane *lane))
{
	struct lane_table *table = &dispatch->lanes.table;
	size_t i;

	for (i = 0; i < table->room; i++) {
		struct lane *lane = table->slots[i];

		while (lane) {
			struct lane *next = lane->next;

			visit(dispatch, lane);
			lane = next;
		}
	}
}

static void take_over(struct dispatch *dispatch)
{
	struct lanes *lanes = &dispatch->lanes;
	struct error err = { 0 };

	lanes->sweep_ms = dispatch->now_ms + SWEEP_MS;
	lanes->taken = true;
	/* What we have put aside for another is ours now. */
	deferral_commit(dispatch);
	settle_check(dispatch, lane_lock_clear(&lanes->lock, &err), &err);
	lanes_look(dispatch);
	lanes_learn(dispatch);
	handover_take_back(dispatch);
	log_debug("this router sends what has a lane, %zu lanes wait",
		  lanes->table.count);
}

bool lanes_are_ours(struct dispatch *dispatch)
{
	struct lanes *lanes = &dispatch->lanes;
	bool taken = false;

	lanes->needed = true;
	if (!lane_lock_try(&lanes->lock, &taken, dispatch->now_ms))
		return false;
	if (taken)
		take_over(dispatch);
	return true;
}

static struct lane_place place_of(const struct parcel *parcel)
{
	return (struct lane_place){ parcel->delivery->to, parcel->delivery->lane,
				    parcel->work->id, delivery_number(parcel->delivery),
				    parcel->delivery->file };
}

/* Those before it that it takes the place of. */
static void supersede(struct dispatch *dispatch, struct lane_entry *entry)
{
	struct lane_entry *old = entry->before;

	while (old && old->latest && !old->superseded) {
		struct lane_entry *before = old->before;

		old->superseded = true;
		if (old->parcel)
			handover_supersede(old->parcel);
		else
			due_force(dispatch->due, old->id, dispatch->now_ms);
		old = before;
	}
}

static bool is_under_way(const struct lane_entry *entry)
{
	return entry->parcel && (entry->parcel->state == PARCEL_OPEN ||
				 entry->parcel->state == PARCEL_HELD);
}

enum lanes_answer lanes_enter(struct parcel *parcel)
{
	const struct lane_place place = place_of(parcel);
	struct dispatch *dispatch = parcel->work->dispatch;
	struct lane_entry *entry = lane_table_add(&dispatch->lanes.table, &place);

	/* The same event twice: the other one first. */
	if (entry->parcel && entry->parcel != parcel)
		return LANES_ASIDE;
	entry->parcel = parcel;
	entry->latest = parcel->delivery->latest;
	parcel->entry = entry;
	if (entry->latest)
		supersede(dispatch, entry);
	if (entry->superseded ||
	    (entry->latest && entry->behind && entry->behind->latest))
		return LANES_SUPERSEDED;
	if (!entry->before)
		return pass(dispatch, entry) ? LANES_GO : LANES_ASIDE;
	if (!is_under_way(entry->before) || entry->lane->held >= HELD_MAX)
		return LANES_ASIDE;
	entry->lane->held++;
	return LANES_HOLD;
}

static void remove_entry(struct dispatch *dispatch, struct lane_entry *entry)
{
	struct lane_entry *next = entry->before ? NULL : entry->behind;

	if (entry->parcel)
		entry->parcel->entry = NULL;
	lane_table_remove(&dispatch->lanes.table, entry);
	if (next && !dispatch->stopping)
		call(dispatch, next);
}

void lanes_leave(struct parcel *parcel)
{
	struct dispatch *dispatch = parcel->work->dispatch;
	struct lane_place place;

	if (!parcel->delivery->lane)
		return;
	place = place_of(parcel);
	if (!parcel->entry)
		parcel->entry = lane_table_find(&dispatch->lanes.table, &place);
	if (parcel->entry)
		remove_entry(dispatch, parcel->entry);
	parcel->entry = NULL;
}

static void hold(struct lane_entry *entry)
{
	if (entry->parcel && entry->parcel->state == PARCEL_HELD)
		handover_hold(entry->parcel);
}

void lanes_wait(struct parcel *parcel)
{
	struct lane_entry *entry = parcel->entry ? parcel->entry->behind : NULL;

	while (entry) {
		struct lane_entry *behind = entry->behind;

		hold(entry);
		entry = behind;
	}
}

void lanes_forget(struct work *work)
{
	size_t i;

	for (i = 0; i < work->deliveries.count; i++) {
		if (work->parcels[i].entry)
			work->parcels[i].entry->parcel = NULL;
	}
}

/* One that was taken away by a person, or by another router, holds up nobody. */
static void sweep_lane(struct dispatch *dispatch, struct lane *lane)
{
	struct lane_entry *first = lane->first;

	if (!first->parcel && aside_due_ms(dispatch->spool, first->id) == INT64_MAX)
		remove_entry(dispatch, first);
	else if (!first->parcel && first->behind)
		due_force(dispatch->due, first->id, dispatch->now_ms);
}

static void open_gate(struct dispatch *dispatch, struct lane *lane)
{
	if (lane->gated && pass(dispatch, lane->first))
		call(dispatch, lane->first);
}

void lanes_tick(struct dispatch *dispatch)
{
	struct lanes *lanes = &dispatch->lanes;
	int64_t now_ms = dispatch->now_ms;

	if (lanes->needed && !lanes->lock.ours)
		(void)lanes_are_ours(dispatch);
	if (lanes->gated && now_ms >= lanes->gate_ms) {
		lanes_look(dispatch);
		lanes->gated = false;
		lanes->looked = true;
		each_lane(dispatch, open_gate);
		lanes->looked = false;
	}
	if (lanes->lock.ours && now_ms >= lanes->sweep_ms) {
		lanes->sweep_ms = now_ms + SWEEP_MS;
		each_lane(dispatch, sweep_lane);
	}
}

int64_t lanes_wake_ms(const struct lanes *lanes)
{
	int64_t wake_ms = INT64_MAX;

	if (lanes->needed && !lanes->lock.ours)
		wake_ms = lanes->lock.try_ms;
	if (lanes->gated && lanes->gate_ms < wake_ms)
		wake_ms = lanes->gate_ms;
	if (lanes->table.count && lanes->sweep_ms < wake_ms)
		wake_ms = lanes->sweep_ms;
	return wake_ms;
}

void lanes_put_aside(struct work *work)
{
	struct dispatch *dispatch = work->dispatch;
	struct error err = { 0 };

	work->lease->lanes_open -= work->is_for_other;
	work->is_for_other = false;
	if (dispatch->lanes.lock.ours || !lane_is_among(&work->deliveries))
		return;
	settle_check(dispatch, lane_lock_tell(&dispatch->lanes.lock, work->id, &err),
		     &err);
}

void lanes_found_aside(struct work *work)
{
	if (work->dispatch->lanes.lock.ours && lane_is_among(&work->deliveries))
		lanes_learn_of(work->dispatch, work->id);
	else
		lanes_put_aside(work);
}

void lanes_file_read(struct dispatch *dispatch, struct lease *lease)
{
	struct error err = { 0 };

	if (!dispatch->lanes.needed || dispatch->lanes.lock.ours || lease->lanes_read ||
	    !lease->open || !lease->ended || lease->unrouted || lease->lanes_open ||
	    lease->state != SPOOL_CUR)
		return;
	lease->lanes_read = true;
	settle_check(dispatch, lease_mark(lease, lane_lock_mark, &err), &err);
}

static void visit_lane(const struct lane *lane, int64_t before_ms,
		       void (*visit)(struct parcel *parcel))
{
	struct lane_entry *entry = lane->first;

	while (entry) {
		struct lane_entry *behind = entry->behind;
		struct parcel *parcel = entry->parcel;

		if (parcel && parcel->state == PARCEL_HELD &&
		    parcel->value.added_ms < before_ms)
			visit(parcel);
		entry = behind;
	}
}

static void visit_held(struct lanes *lanes, int64_t before_ms,
		       void (*visit)(struct parcel *parcel))
{
	size_t i;

	for (i = 0; i < lanes->table.room; i++) {
		const struct lane *lane = lanes->table.slots[i];

		for (; lane; lane = lane->next)
			visit_lane(lane, before_ms, visit);
	}
}

void lanes_relieve(struct lanes *lanes, int64_t now_ms)
{
	visit_held(lanes, now_ms - HELD_MS, handover_hold);
}

void lanes_drop(struct lanes *lanes)
{
	visit_held(lanes, INT64_MAX, handover_drop);
}
