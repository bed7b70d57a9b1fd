#ifndef BIN_TOKENMINT_TURN_H
#define BIN_TOKENMINT_TURN_H

#include <stdint.h>

#include "lib/vault.h"

struct error;

/*
 * Only one process at a time asks GitHub for a thing; those that waited share its outcome.  The
 * lock is a file beside the secret; a failure is written into it, so that whoever waited
 * meanwhile, or comes before a rate limit is over, fails alike without asking again.
 */
struct turn {
	int fd; /* -1 when it is not our turn */
};

#define TURN_NONE                                                                        \
	{                                                                                \
		-1                                                                       \
	}
#define auto_turn __attribute__((cleanup(turn_end)))

/* Wait for it.  Fails with the error of another process that is also ours. */
int turn_take(struct turn *turn, const struct vault *vault, const char *name,
	      struct error *err);

/* Tell the others; retry_after_s: how long the failure stands, 0 for those that wait now. */
void turn_failed(const struct turn *turn, const struct error *err,
		 uint64_t retry_after_s);
void turn_succeeded(const struct turn *turn);
void turn_end(struct turn *turn);

#endif
