#ifndef BIN_RUNJOB_SHIM_CONTAINMENT_H
#define BIN_RUNJOB_SHIM_CONTAINMENT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/cgroup.h"
#include "lib/cgroup_limits.h"
#include "lib/cgroup_v1.h"

struct config;
struct error;
struct job;
struct job_plan;
struct job_status;
struct process;

/* What holds all processes of the job together: its cgroup, or descent from us; and what limits
 * them: that cgroup, or those of version 1. */
struct containment {
	struct cgroup cgroup; /* empty: the process tree */
	struct cgroup_v1 v1;
	int events_fd;		     /* of the cgroup; -1 for the tree */
	int owner_fd;		     /* the group of all jobs of the owner; -1: none */
	uint64_t owner_oom;	     /* how often its roof had been hit before us */
	struct cgroup_limits limits; /* those in force, as below */
	struct cgroup_limits roof;
	unsigned unenforced; /* the controllers of those that are not */
};

#define CONTAINMENT_NONE                                                                 \
	{                                                                                \
		.cgroup = CGROUP_NONE, .v1 = CGROUP_V1_NONE, .events_fd = -1,            \
		.owner_fd = -1                                                           \
	}
#define auto_containment __attribute__((cleanup(containment_close)))

/* Makes the job's cgroup where the machine gives us one, with its limits; a limit that
 * cannot be applied is ERROR_CONFIG, unless the plan relaxes it. */
int containment_make(struct containment *containment, const struct job *job,
		     const struct job_plan *plan, const struct config *config,
		     struct error *err);

/* Its first process, which was born in the cgroup and waits, gets what a birth does not
 * bring: groups of version 1, and limits of processes. */
int containment_enter(const struct containment *containment, pid_t pid,
		      const struct job_plan *plan, struct error *err);

/* What it is and which limits it lacks. */
void containment_describe(struct job_status *status,
			  const struct containment *containment);

void containment_signal(const struct containment *containment, int signal);

/* Nothing of it runs until it is thawed. */
int containment_freeze(const struct containment *containment, bool frozen,
		       struct error *err);

/* Add those that live in it to text, as "sleep (17), sh (18)", as far as there is room. */
void containment_list(char *text, size_t size, const struct containment *containment);

/* events_fd is ready: until this is called it stays so. */
void containment_heard(const struct containment *containment);

/* Does anybody live in it?  has_children: do we have children that we have not reaped? */
bool containment_is_empty(const struct containment *containment, bool has_children);

/* End all that live in it, and wait until nobody does. */
int containment_kill(const struct containment *containment, struct error *err);

/* What they used, and whose limit of memory ended them, if one did. */
void containment_usage(struct job_status *status, const struct job *job,
		       const struct containment *containment);

/* End all that a supervisor before us left in the groups of the job, and remove them. */
int containment_bury(const struct job *job, struct error *err);

/* Remove the cgroups. */
void containment_close(struct containment *containment);

#endif
