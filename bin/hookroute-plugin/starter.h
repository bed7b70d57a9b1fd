#ifndef BIN_HOOKROUTE_PLUGIN_STARTER_H
#define BIN_HOOKROUTE_PLUGIN_STARTER_H

#include "lib/buf.h"
#include "lib/process.h"

struct error;

/* `runjob start -`, started when it is needed first, and again when it has ended. */
struct starter {
	struct process process;
	int in; /* its standard input and output, ours are the other ends */
	int out;
};

#define STARTER_NONE                                                                     \
	{                                                                                \
		PROCESS_NONE, -1, -1                                                     \
	}
#define auto_starter __attribute__((cleanup(starter_close)))

/*
 * Hand over count lines and append as many replies.  If it ends in between, all are handed over
 * once more: a job that is known already is not started again.  ERROR_TEMPORARY when that fails,
 * too.
 */
int starter_exchange(struct buf *replies, struct starter *starter,
		     const struct buf *lines, size_t count, struct error *err);

/* End its input, and wait for it. */
void starter_close(struct starter *starter);

#endif
