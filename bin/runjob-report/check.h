#ifndef BIN_RUNJOB_REPORT_CHECK_H
#define BIN_RUNJOB_REPORT_CHECK_H

#include <stdbool.h>

struct buf;
struct job;

/* The pure part: a job as a Check run of GitHub. */

/* Append the body of the request: all of it, or for a Check run that is there (is_update)
 * without what cannot change.  log: the end of the job's log, may be empty. */
void check_write(struct buf *body, const struct job *job, const struct buf *log,
		 bool is_update);

#endif
