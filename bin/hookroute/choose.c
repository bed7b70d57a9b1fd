#include "bin/hookroute/choose.h"

#include "bin/hookroute/dispatch.h"
#include "bin/hookroute/handover.h"
#include "bin/hookroute/reclaim.h"
#include "bin/hookroute/work.h"

enum { UNSAID_MS = 100 };

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

static void choose(struct work *work)
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
			handover_sleep(work);
		work->open += parcel->state == PARCEL_OPEN;
	}
}

static bool has_lane(const struct work *work)
{
	size_t i;

	for (i = 0; i < work->deliveries.count; i++) {
		if (work->deliveries.list[i].lane &&
		    work->parcels[i].state != PARCEL_OVER)
			return true;
	}
	return false;
}

/* Another router sends what has a lane: it finds the event in defer/, where we look again
 * when that is our part. */
static void leave_to_other(struct work *work)
{
	struct dispatch *dispatch = work->dispatch;
	size_t i;

	for (i = 0; i < work->deliveries.count; i++) {
		struct parcel *parcel = &work->parcels[i];

		if (parcel->state != PARCEL_OPEN || parcel->delivery->problem)
			continue;
		parcel->state = PARCEL_WAITS;
		parcel->held = true;
		parcel->delivery->kept = true;
		if (work->lease->state == SPOOL_CUR)
			parcel->delivery->due_ms = dispatch->now_ms;
		work->open--;
	}
	work->is_for_other = true;
	work->lease->lanes_open++;
}

/* Another router will soon have said whose it is, or we ourselves. */
static void leave_for_now(struct work *work)
{
	size_t i;

	for (i = 0; i < work->deliveries.count; i++) {
		if (work->parcels[i].state != PARCEL_OPEN)
			continue;
		work->parcels[i].state = PARCEL_WAITS;
		work->parcels[i].held = true;
		work->open--;
	}
	due_force(work->dispatch->due, work->id, work->dispatch->now_ms + UNSAID_MS);
}

void choose_open(struct work *work)
{
	choose(work);
	reclaim_waiting(work);
	if (has_lane(work) && !lanes_are_ours(work->dispatch))
		leave_to_other(work);
	else if (reclaim_is_pending(work))
		leave_for_now(work);
}
