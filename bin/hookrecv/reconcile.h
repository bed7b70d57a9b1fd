#ifndef BIN_HOOKRECV_RECONCILE_H
#define BIN_HOOKRECV_RECONCILE_H

#include <stdbool.h>
#include <stdint.h>

#include "bin/hookrecv/seen.h"
#include "lib/spool.h"

struct error;
struct layout;
struct options;
struct registry_hook;

/*
 * What the forge says that it sent, held against what is in the spool.  A delivery that is
 * not here is written down (bin/hookrecv/recovered.h), and the forge is asked to send it
 * again, now and then until it comes or is too old; one that is here is never asked for.
 */
struct reconcile {
	const struct layout *layout;
	const struct options *options;
	struct spool spool;
	struct seen seen;
	int64_t now_ms;
	int64_t known_ms; /* of deliveries before it we may have forgotten that they came */
	unsigned sends;	  /* how many may still be asked for in this run */
	unsigned put_off; /* how many were not, for that reason */
	bool json;
};

#define RECONCILE_NONE                                                                   \
	{                                                                                \
		.spool = SPOOL_NONE, .seen = SEEN_NONE                                   \
	}
#define auto_reconcile __attribute__((cleanup(reconcile_close)))

int reconcile_open(struct reconcile *reconcile, const struct options *options,
		   const struct layout *layout, struct error *err);
void reconcile_close(struct reconcile *reconcile);

/* The hook must be one that the forge has, see hook->forge.  What was done is on standard
 * output, also when it fails then. */
int reconcile_hook(struct reconcile *reconcile, const struct registry_hook *hook,
		   struct error *err);

#endif
