#include "bin/hookroute/lanes_look.h"

#include <string.h>

#include "bin/hookroute/dispatch.h"
#include "bin/hookroute/lanes_scan.h"
#include "bin/hookroute/settle.h"
#include "bin/hookroute/work.h"
#include "lib/buf.h"
#include "lib/error.h"
#include "lib/str.h"

enum { GATE_MS = 50 };

static struct lanes_scan scan_of(struct dispatch *dispatch)
{
	return (struct lanes_scan){ &dispatch->lanes.table, dispatch->due,
				    dispatch->spool, dispatch->now_ms };
}

void lanes_learn(struct dispatch *dispatch)
{
	const struct lanes_scan scan = scan_of(dispatch);
	struct error err = { 0 };

	settle_check(dispatch, lanes_scan_all(&scan, &err), &err);
}

void lanes_learn_of(struct dispatch *dispatch, const char *id)
{
	const struct lanes_scan scan = scan_of(dispatch);
	struct error err = { 0 };

	settle_check(dispatch, lanes_scan_event(&scan, id, &err), &err);
}

static void scan_these(struct dispatch *dispatch, const char *ids)
{
	const struct lanes_scan scan = scan_of(dispatch);
	struct error err = { 0 };
	int failed = 0;

	while (ids && !failed) {
		struct str_view line = str_split(&ids, '\n');
		char id[UUID_LEN] = "";

		if (line.len == UUID_LEN - 1)
			memcpy(id, line.data, line.len);
		if (uuid_is_valid(id))
			failed = lanes_scan_event(&scan, id, &err);
	}
	settle_check(dispatch, failed, &err);
}

static void look_at_gate(struct dispatch *dispatch)
{
	struct lanes *lanes = &dispatch->lanes;
	struct error err = { 0 };

	settle_check(dispatch,
		     lane_lock_gate(lanes->gate, &lanes->lock, dispatch->leases, &err),
		     &err);
	lanes->gate_ms = dispatch->now_ms + GATE_MS;
}

/* What another has for lanes is told before its file goes, so this order misses nothing: is
 * somebody there, which files, what was told. */
void lanes_look(struct dispatch *dispatch)
{
	struct lanes *lanes = &dispatch->lanes;
	auto_buf struct buf told = BUF_EMPTY;
	struct error err = { 0 };
	bool alone = lane_lock_is_alone(&lanes->lock);

	look_at_gate(dispatch);
	lanes->shared = !alone || lanes->gate[0];
	if (lane_lock_hear(&told, &lanes->lock)) {
		scan_these(dispatch, buf_str(&told));
		return;
	}
	settle_check(dispatch, lane_lock_clear(&lanes->lock, &err), &err);
	look_at_gate(dispatch);
	lanes_learn(dispatch);
}

/* What came out of the file itself has none before it there, what was put aside may have. */
static bool may_hold_older(const struct lease *lease, const struct lane_entry *entry)
{
	int order = strcmp(lease->id, entry->file);

	if ((lease->ended && !lease->unrouted) || lease->state != SPOOL_CUR)
		return false;
	return order < 0 ||
	       (order == 0 && !(entry->parcel && entry->parcel->work->lease == lease));
}

/* Older events may still be in a file that is not ours, or not read to its end. */
bool lanes_may_pass(struct dispatch *dispatch, const struct lane_entry *entry)
{
	struct lanes *lanes = &dispatch->lanes;
	const struct lease *lease = dispatch->leases;

	for (; lease; lease = lease->next) {
		if (may_hold_older(lease, entry))
			return false;
	}
	if (!lanes->looked && (lanes->shared || lane_lock_has_news(&lanes->lock)))
		lanes_look(dispatch);
	return !lanes->gate[0] || strcmp(entry->file, lanes->gate) < 0;
}
