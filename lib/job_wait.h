#ifndef LIB_JOB_WAIT_H
#define LIB_JOB_WAIT_H

#include "lib/job_status.h"

struct error;
struct job;

enum job_event { JOB_BEGUN, JOB_BEGUN_IN_TURN, JOB_ENDED, JOB_GONE };

/* Wait, woken by the kernel, until the job has begun (or ended before it could), or has ended,
 * or has ended and its supervisor, too.
 * One that nobody brings so far is ERROR_TEMPORARY for who waits for JOB_BEGUN; one that may
 * have to wait for its turn before has JOB_BEGUN_IN_TURN. */
int job_wait(struct job_status *status, const struct job *job, enum job_event event,
	     struct error *err);

#endif
