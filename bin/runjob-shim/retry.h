#ifndef BIN_RUNJOB_SHIM_RETRY_H
#define BIN_RUNJOB_SHIM_RETRY_H

#include <stdbool.h>

#include "lib/job_status.h"

struct error;
struct supervisor;

/* Is one that ended so to be tried again: are there tries left, and is it one of the causes? */
bool retry_is_due(const struct supervisor *supervisor, enum job_state state);

/* Did a supervisor before us die when it had decided that, and had not told yet?  *ended is how
 * the attempt had ended then. */
bool retry_was_begun(struct job_status *ended, const struct supervisor *supervisor);

/*
 * Put what this attempt left aside (its status as a line of the file "attempts", its log as
 * log.N), and make the status that of a job which waits, until its delay is over: the plan's,
 * twice as long each time, an hour at most.  Nothing is written to status.json yet.
 */
int retry_prepare(struct supervisor *supervisor, enum job_state state, struct error *err);

#endif
