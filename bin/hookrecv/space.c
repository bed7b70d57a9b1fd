#include "bin/hookrecv/space.h"

#include <sys/statvfs.h>

#include "lib/log.h"
#include "lib/spool.h"

enum { BYTES, INODES };
enum { LOOK_MS = 1000, LOOK_BYTES = 16 << 20, BLOCK = 4096, RESERVE = 4 };

void space_open(struct space *space, const struct spool *spool,
		const struct limits *limits)
{
	*space = (struct space){ .spool = spool,
				 .floors = { limits->free_bytes, limits->free_inodes } };
}

/* Some filesystems have no fixed number of inodes, and say 0. */
static void look(struct space *space, int64_t now_ms)
{
	struct statvfs st = { 0 };
	uint64_t all[2] = { 0, 0 };
	int i;

	space->looked_ms = now_ms;
	space->granted = 0;
	if (fstatvfs(space->spool->dir[SPOOL_TMP], &st) < 0) {
		space->left[BYTES] = UINT64_MAX;
		space->left[INODES] = UINT64_MAX;
	} else {
		all[BYTES] = (uint64_t)st.f_blocks * st.f_frsize;
		all[INODES] = st.f_files;
		space->left[BYTES] = (uint64_t)st.f_bavail * st.f_frsize;
		space->left[INODES] = st.f_files ? st.f_favail : UINT64_MAX;
	}
	for (i = 0; i < 2; i++)
		space->floor[i] = limits_floor_of(&space->floors[i], all[i]);
}

/* No floor asks for nothing: the disk itself says when it is full. */
static bool has(const struct space *space, const uint64_t *wanted, unsigned divisor)
{
	int i;

	for (i = 0; i < 2; i++) {
		uint64_t floor = space->floor[i] / divisor;

		if (space->floor[i] &&
		    (space->left[i] < wanted[i] || space->left[i] - wanted[i] < floor))
			return false;
	}
	return true;
}

static void tell(struct space *space)
{
	const uint64_t one_event[2] = { BLOCK, 1 };
	bool is_short = !has(space, one_event, 1);

	if (is_short == space->is_short)
		return;
	space->is_short = is_short;
	if (is_short)
		log_error("the spool's disk has %ju MB and %ju inodes left: events are "
			  "refused",
			  (uintmax_t)space->left[BYTES] >> 20,
			  (uintmax_t)space->left[INODES]);
	else
		log_notice("the spool's disk has room again");
}

bool space_grant(struct space *space, uint64_t bytes, bool never_again, int64_t now_ms)
{
	const uint64_t wanted[2] = { (bytes / BLOCK + 1) * BLOCK, 1 };
	int i;

	if (now_ms - space->looked_ms >= LOOK_MS || now_ms < space->looked_ms ||
	    space->granted >= LOOK_BYTES)
		look(space, now_ms);
	tell(space);
	if (!has(space, wanted, never_again ? RESERVE : 1))
		return false;
	space->granted += wanted[BYTES];
	for (i = 0; i < 2; i++)
		space->left[i] -= wanted[i] < space->left[i] ? wanted[i] : space->left[i];
	return true;
}
