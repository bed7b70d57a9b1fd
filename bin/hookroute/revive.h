#ifndef BIN_HOOKROUTE_REVIVE_H
#define BIN_HOOKROUTE_REVIVE_H

#include <stdbool.h>

struct error;
struct spool;

/*
 * Bring back what was given up of an event, with all its tries: to NULL for all of it, else
 * what was for this consumer.  *found is false when there is nothing of that.  Where a
 * route had failed, the event is routed anew.
 */
int revive_event(bool *found, const struct spool *spool, const char *id, const char *to,
		 struct error *err);

enum revived {
	REVIVED_NOTHING,
	REVIVED,
	REVIVED_LATER, /* a router has it just now: ask again */
};

/* What waits of the event is tried at once; to as above. */
int revive_waiting(enum revived *what, const struct spool *spool, const char *id,
		   const char *to, struct error *err);

#endif
