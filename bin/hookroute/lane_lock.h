#ifndef BIN_HOOKROUTE_LANE_LOCK_H
#define BIN_HOOKROUTE_LANE_LOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/uuid.h"

struct buf;
struct error;
struct lease;
struct spool;
struct tenure;

/*
 * Which of the routers on a spool sends what has a lane: the one that has locked the file
 * lanes beside the spool's folders.  The others put such events into defer/ for it, and
 * append a line to the file for each, with its id; a router that comes appends an empty one.
 */
struct lane_lock {
	const struct spool *spool;
	struct tenure *tenure; /* of it, while it is ours */
	int slot;	       /* there */
	int fd;		       /* -1 before it is needed */
	bool ours;
	int64_t try_ms; /* not before */
	int64_t crowded_ms; /* until then others may still have to follow, of the steady clock */
	off_t heard;	    /* of the file */
};

#define LANE_LOCK_NONE                                                                   \
	{                                                                                \
		.slot = -1, .fd = -1                                                     \
	}

/* Say that we are there, if lanes are in use; *used says that. */
int lane_lock_open(struct lane_lock *lock, bool *used, struct error *err);
void lane_lock_close(struct lane_lock *lock);

/* The file may have been replaced, as its owner did nothing for the time of a lease: use the
 * new one.  False when it was ours. */
bool lane_lock_follow(struct lane_lock *lock);

/* Is it ours, or can it be?  *taken when that is new. */
bool lane_lock_try(struct lane_lock *lock, bool *taken, int64_t now_ms);

/* Is there no other router? */
bool lane_lock_is_alone(const struct lane_lock *lock);

/* An event that is in defer/ now is for the lanes. */
int lane_lock_tell(const struct lane_lock *lock, const char *id, struct error *err);

/* Has anything been appended that was not heard yet? */
bool lane_lock_has_news(const struct lane_lock *lock);

/* Append these lines; false when they are too many, or not to be understood: all of defer/ is
 * to be looked at then. */
bool lane_lock_hear(struct buf *lines, struct lane_lock *lock);

/* Forget what is in the file: who calls this looks at all of defer/ afterwards. */
int lane_lock_clear(struct lane_lock *lock, struct error *err);

/*
 * The first file in cur/ that is not one of leases and whose router has not put aside all
 * that it holds for lanes; empty when there is none.
 */
int lane_lock_gate(char id[static UUID_LEN], const struct lane_lock *lock,
		   const struct lease *leases, struct error *err);

/* What marks a file in its progress as one of which nothing more comes for lanes. */
extern const char lane_lock_mark[UUID_LEN];

#endif
