#ifndef LIB_STOP_H
#define LIB_STOP_H

#include <stdint.h>

struct error;
struct job;
struct layout;

/* Ask a job's supervisor to stop it: signal to all of it, after grace_ms SIGKILL.  A job
 * whose supervisor is gone gets one that brings it to its end.  Does not wait. */
int stop_job(const struct job *job, const struct layout *layout, int signal,
	     uint64_t grace_ms, struct error *err);

/* The signal to the job's supervisor itself, if there is one; never to a stranger. */
int stop_signal(const struct job *job, int signal, struct error *err);

#endif
