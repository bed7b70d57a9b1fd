#ifndef BIN_HOOKROUTE_TAKEOVER_H
#define BIN_HOOKROUTE_TAKEOVER_H

#include <stddef.h>
#include <stdint.h>

#include "bin/hookroute/tenure.h"

/*
 * What a router that lives but does not go on, as one that was stopped or hangs on a disk, has
 * leased is taken over: each of its files is copied, and the copy takes the name.  Its lock is
 * then one on a file without a name, and so it sees, when it goes on, that the lease is gone.
 * See tenure.h.
 */
enum { TAKEOVER_ROUTERS = 64 };

struct takeover_router {
	char name[UUID_LEN];
	uint64_t beats;
	int64_t since_ms; /* it has not counted */
	bool is_there;
};

struct takeover {
	const struct tenure *tenure; /* ours */
	struct takeover_router routers[TAKEOVER_ROUTERS];
	size_t count;
};

/* Look at the others, from time to time; how many files are free now that were not. */
size_t takeover_look(struct takeover *takeover);

#endif
