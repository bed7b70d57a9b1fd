#ifndef BIN_HOOKRECV_SPACE_H
#define BIN_HOOKRECV_SPACE_H

#include <stdbool.h>
#include <stdint.h>

#include "bin/hookrecv/limits.h"

struct spool;

/*
 * Is there room for another event?  No longer when the spool's filesystem is at its floor,
 * of bytes or of inodes; so the sender is asked to come again before the disk is full.  Who
 * never comes again has what is below that floor, but for a quarter of it.
 */
struct space {
	const struct spool *spool;
	struct limits_floor floors[2]; /* of bytes and of inodes */
	uint64_t left[2]; /* when it was looked, less what was granted since */
	uint64_t floor[2];
	int64_t looked_ms;
	uint64_t granted; /* bytes since then */
	bool is_short;	  /* this was logged */
};

/* A body whose length nobody told, until it goes to a file. */
#define SPACE_UNKNOWN (64 << 10)

/* spool must stay where it is. */
void space_open(struct space *space, const struct spool *spool,
		const struct limits *limits);

/* May a body of so many bytes come?  A filesystem that cannot be asked has room: its
 * writes will tell. */
bool space_grant(struct space *space, uint64_t bytes, bool never_again, int64_t now_ms);

#endif
