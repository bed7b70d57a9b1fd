#ifndef BIN_HOOKROUTE_RECOVER_H
#define BIN_HOOKROUTE_RECOVER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/spool.h"

struct error;

/*
 * What a crash or a person left odd in the spool.  Each thing is said on standard output,
 * a line each, with what was done about it.  Nothing that may hold an event is removed.
 */
struct recover {
	const struct spool *spool;
	int64_t now_ms;
	bool dry_run;
};

int recover_state(const struct recover *recover, enum spool_state state,
		  struct error *err);

#endif
