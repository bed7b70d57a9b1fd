#ifndef BIN_HOOKROUTE_TENURE_H
#define BIN_HOOKROUTE_TENURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/spool.h"
#include "lib/uuid.h"

struct error;

/*
 * For how long what a router has leased is its own.  It lists its leases in a file that it
 * maps, spool/leases/<uuid>, locked by flock(2) as long as it lives, and counts a beat
 * there four times in the time of a lease.  When there is none for that time, another router
 * may take its files over, see takeover.h.  Times are of CLOCK_MONOTONIC, and nobody's are
 * written down: who watches measures for how long the count stays the same, and who counts for
 * how long it did not.  All of it is stores to memory: a lease costs no system call.
 */
struct tenure_entry {
	uint64_t inode; /* 0: nothing */
	uint64_t
		state; /* enum spool_state; what is SPOOL_CUR may still be in new/; SPOOL_STATES:
			 * it sends for lanes */
	char id[40];
};

struct tenure_head {
	char magic[8];
	uint64_t entry_size;
	uint64_t lease_ms;
	uint64_t beats;
	uint64_t room; /* entries that follow */
};

struct tenure_page {
	struct tenure_head head;
	struct tenure_entry entries[];
};

struct tenure {
	const struct spool *spool;
	struct tenure_page *page; /* NULL: nobody is told, and nobody takes over */
	size_t used;
	size_t next; /* where to look for room */
	int dir;     /* spool/leases */
	int fd;	     /* holds the lock */
	char name[UUID_LEN];
	int64_t beat_ms; /* of the last one */
};

/* Of somebody who holds what is leased for a moment only. */
#define TENURE_OF(of_spool)                                                              \
	{                                                                                \
		.spool = (of_spool), .dir = -1, .fd = -1                                 \
	}

enum { TENURE_NO_SLOT = -1 };

/* HOOKTOOLS_LEASE; text may be NULL. */
int tenure_read(uint64_t *lease_ms, const char *text, struct error *err);

/* When its file cannot be made that is said, and it goes on without. */
void tenure_open(struct tenure *tenure, const struct spool *spool, uint64_t lease_ms);
void tenure_close(struct tenure *tenure);

/* Before the lock is taken on that file; and when it is given up. */
int tenure_enter(struct tenure *tenure, enum spool_state state, const char *id,
		 uint64_t inode);
void tenure_leave(struct tenure *tenure, int slot);

int64_t tenure_lease_ms(const struct tenure *tenure);

/* Is it time for a beat? */
bool tenure_is_due(const struct tenure *tenure);
int64_t tenure_wake_ms(const struct tenure *tenure); /* from now */
void tenure_beat(struct tenure *tenure);

/* Was there no beat of ours for so long that others may have taken over? */
bool tenure_is_over(const struct tenure *tenure);

/* Does this head begin a file of this version? */
bool tenure_is_head(const struct tenure_head *head);

#endif
