#ifndef BIN_RUNJOB_SHIM_CONTAINMENT_H
#define BIN_RUNJOB_SHIM_CONTAINMENT_H

#include <stdbool.h>

#include "lib/cgroup.h"

struct config;
struct error;
struct job;
struct job_plan;
struct job_status;
struct process;

/* What holds all processes of the job together: its cgroup, or descent from us. */
struct containment {
	struct cgroup cgroup; /* empty: the process tree */
	int events_fd;	      /* of the cgroup; -1 for the tree */
};

#define CONTAINMENT_NONE                                                                 \
	{                                                                                \
		CGROUP_NONE, -1                                                          \
	}
#define auto_containment __attribute__((cleanup(containment_close)))

/* Makes the job's cgroup where the machine gives us one, with its limits; a limit that
 * cannot be applied is ERROR_CONFIG. */
int containment_make(struct containment *containment, const struct job *job,
		     const struct job_plan *plan, const struct config *config,
		     struct error *err);
const char *containment_name(const struct containment *containment);

void containment_signal(const struct containment *containment, int signal);

/* events_fd is ready: until this is called it stays so. */
void containment_heard(const struct containment *containment);

/* Does anybody live in it?  has_children: do we have children that we have not reaped? */
bool containment_is_empty(const struct containment *containment, bool has_children);

/* End all that live in it, and wait until nobody does. */
int containment_kill(const struct containment *containment, struct error *err);

/* What they used, and whether memory ended them. */
void containment_usage(struct job_status *status, bool *out_of_memory,
		       const struct containment *containment);

/* Remove the cgroup. */
void containment_close(struct containment *containment);

#endif
