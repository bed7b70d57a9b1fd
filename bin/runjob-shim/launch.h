#ifndef BIN_RUNJOB_SHIM_LAUNCH_H
#define BIN_RUNJOB_SHIM_LAUNCH_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/job_plan.h"

struct containment;
struct error;
struct jail;
struct secret_files;
struct job;

/*
 * The job's first process, in two steps: launch_prepare makes it, inside its cgroup, where it
 * waits; launch_go lets it execute.  Between them its pid is written down, so that nothing
 * of a job has run that no record knows.  If we die between them, it ends by itself.
 */
struct launch {
	pid_t pid;
	int go_fd;    /* a byte here lets it go */
	int error_fd; /* what keeps it from executing comes here, a struct launch_failure */
};

/* What kept it from its work. */
struct launch_failure {
	int number;	/* the errno; 0: nothing did */
	bool executing; /* that it could not be executed: told by its exit code, too */
	char message[256];
};

#define LAUNCH_NONE                                                                      \
	{                                                                                \
		0, -1, -1                                                                \
	}
#define auto_launch __attribute__((cleanup(launch_close)))

struct launch_what {
	const struct job_plan *plan;
	const struct jail *jail;
	const struct job_texts *environment;
	const struct secret_files *files;
	int lock_fd; /* of the job: ours, and never the child's */
	int stdin_fd;
	int out_fd;
	int err_fd;
};

int launch_prepare(struct launch *launch, const struct containment *containment,
		   const struct launch_what *what, struct error *err);

/* When something failed it has ended. */
int launch_go(struct launch_failure *failure, struct launch *launch, struct error *err);
void launch_close(struct launch *launch);

#endif
