#ifndef BIN_RUNJOB_SHIM_LAUNCH_H
#define BIN_RUNJOB_SHIM_LAUNCH_H

#include <sys/types.h>

#include "lib/job_plan.h"

struct containment;
struct error;
struct job;

/*
 * The job's first process, in two steps: launch_prepare makes it, inside its cgroup, where it
 * waits; launch_go lets it execute.  Between them its pid is written down, so that nothing
 * of a job has run that no record knows.  If we die between them, it ends by itself.
 */
struct launch {
	pid_t pid;
	int go_fd;    /* a byte here lets it go */
	int error_fd; /* its errno comes here if it cannot execute */
};

#define LAUNCH_NONE                                                                      \
	{                                                                                \
		0, -1, -1                                                                \
	}
#define auto_launch __attribute__((cleanup(launch_close)))

struct launch_what {
	const struct job_plan *plan;
	const struct job_texts *environment;
	int stdin_fd;
	int log_fd;
};

int launch_prepare(struct launch *launch, const struct containment *containment,
		   const struct launch_what *what, struct error *err);

/* *failure is 0, or the errno with which it could not execute (it has ended then). */
int launch_go(int *failure, struct launch *launch, struct error *err);
void launch_close(struct launch *launch);

#endif
