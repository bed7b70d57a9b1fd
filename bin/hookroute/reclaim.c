#include "bin/hookroute/reclaim.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "bin/hookroute/aside.h"
#include "bin/hookroute/dispatch.h"
#include "bin/hookroute/settle.h"
#include "bin/hookroute/work.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/spool.h"
#include "lib/str.h"

enum { PROGRESS_LIMIT = 64 << 20 };

static void read_waiting(struct deliveries *waiting, const struct work *work)
{
	auto_buf struct buf text = BUF_EMPTY;
	struct str_view line = { "", 0 };
	struct error err = { 0 };

	if (aside_read_state(&text, &line, work->dispatch->spool, work->id, &err) < 0 ||
	    !line.len)
		return;
	/* One that cannot be read is routed anew when it is taken up. */
	(void)aside_read(waiting, line, &err);
}

void reclaim_waiting(struct work *work)
{
	auto_deliveries struct deliveries waiting = DELIVERIES_EMPTY;
	size_t i;

	if (!work->lease->left_behind)
		return;
	read_waiting(&waiting, work);
	if (waiting.count)
		lanes_found_aside(work);
	for (i = 0; i < work->deliveries.count; i++) {
		struct parcel *parcel = &work->parcels[i];

		if (parcel->state == PARCEL_OVER ||
		    !deliveries_have(&waiting, parcel->delivery))
			continue;
		work->open -= parcel->state == PARCEL_OPEN;
		parcel->state = PARCEL_OVER;
		settle_mark(work, parcel->delivery);
	}
}

/* Of a file we have begun ourselves we know that it was said. */
static bool is_begun_by_us(const struct dispatch *dispatch, const char *file)
{
	const struct lease *lease = dispatch->leases;

	while (lease && !(lease->state == SPOOL_CUR && str_equal(lease->id, file)))
		lease = lease->next;
	return lease && !lease->left_behind;
}

/* The file goes before its progress does. */
static bool is_unsaid(const struct spool *spool, const char *file, const char *id)
{
	auto_free char *name = str_format("%s.done", file);
	auto_buf struct buf progress = BUF_EMPTY;
	struct error err = { 0 };
	int dir = spool->dir[SPOOL_CUR];
	bool found = false;

	if (faccessat(dir, file, F_OK, AT_SYMLINK_NOFOLLOW) < 0 ||
	    file_read_if(&progress, &found, dir, name, PROGRESS_LIMIT, &err) < 0 ||
	    strstr(buf_str(&progress), id))
		return false;
	return faccessat(dir, file, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

bool reclaim_is_pending(const struct work *work)
{
	size_t i;

	if (work->lease->state != SPOOL_DEFER)
		return false;
	for (i = 0; i < work->deliveries.count; i++) {
		const struct delivery *delivery = work->parcels[i].delivery;
		const char *file = delivery->file ? delivery->file : work->id;
		char id[UUID_LEN];

		work_delivery_id(id, work, delivery);
		if (work->parcels[i].state == PARCEL_OPEN &&
		    !is_begun_by_us(work->dispatch, file) &&
		    is_unsaid(work->dispatch->spool, file, id))
			return true;
	}
	return false;
}
