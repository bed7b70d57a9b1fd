#ifndef BIN_HOOKROUTE_PRUNE_H
#define BIN_HOOKROUTE_PRUNE_H

#include <stdbool.h>
#include <stdint.h>

struct error;
struct spool;

/* What may go, each limit by itself: what is too old, too many, too much. */
struct prune {
	const struct spool *spool;
	int log; /* the folder of the event log */
	int64_t now_ms;
	uint64_t older_than_ms; /* UINT64_MAX for no limit, as the next two */
	uint64_t keep;		/* events of done/ */
	uint64_t max_bytes;	/* of done/ */
	bool dry_run;
};

/* Each prints a line for each folder in which it found something.  They may run beside
 * routers. */

/* The archive: days that ended long enough ago, then the oldest of what is too much. */
int prune_done(const struct prune *prune, struct error *err);

/* What was given up long enough ago. */
int prune_dead(const struct prune *prune, struct error *err);

/* The event log's days. */
int prune_log(const struct prune *prune, struct error *err);

/* What somebody began to write and never finished, 36 hours ago. */
int prune_leftovers(const struct prune *prune, struct error *err);

#endif
