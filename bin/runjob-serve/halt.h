#ifndef BIN_RUNJOB_SERVE_HALT_H
#define BIN_RUNJOB_SERVE_HALT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/str.h"

struct error;

/* How to stop a job: what the body of the request says, else SIGTERM and the job's own grace. */
struct halt {
	int signal;
	bool has_grace;
	uint64_t grace_ms;
	struct buf field; /* the member that is wrong; else empty */
};

#define HALT_DEFAULT                                                                     \
	{                                                                                \
		.signal = 15                                                             \
	}

/* {"signal":"TERM","grace":"10s"}, each of which may be missing, as may all of it; a grace may
 * also be a number of seconds.  Anything else is ERROR_DATA. */
int halt_parse(struct halt *halt, struct str_view body, struct error *err);
void halt_free(struct halt *halt);

#endif
