#ifndef BIN_TOKENMINT_TURN_H
#define BIN_TOKENMINT_TURN_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/vault.h"

struct error;

/*
 * Only one process at a time asks GitHub for a thing; those that waited share its outcome.  The
 * lock is a file beside the secret; a failure is written into it, so that whoever waited
 * meanwhile, or comes while the failure stands (a rate limit, what is not there, what is
 * forbidden), fails alike without asking again.
 */
struct turn {
	int fd; /* -1 when it is not our turn */
};

#define TURN_NONE                                                                        \
	{                                                                                \
		-1                                                                       \
	}
#define auto_turn __attribute__((cleanup(turn_end)))

struct turn_wish {
	const char *name;
	int64_t since_ms; /* failures before this count no more: the app was another */
	bool is_news;	  /* what was missing or forbidden may be there by now: ask */
};

/* Wait for it.  Fails with the error of another process that is also ours. */
int turn_take(struct turn *turn, const struct vault *vault, const struct turn_wish *wish,
	      struct error *err);

/* How long a refusal stands; rate limits tell it themselves. */
#define TURN_ABSENT_S 300
#define TURN_DENIED_S 60

/* Tell the others; stands_s: how long the failure stands, 0 for those that wait now. */
void turn_failed(const struct turn *turn, const struct error *err, uint64_t stands_s);
void turn_succeeded(const struct turn *turn);
void turn_end(struct turn *turn);

#endif
