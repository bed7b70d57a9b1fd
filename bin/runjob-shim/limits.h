#ifndef BIN_RUNJOB_SHIM_LIMITS_H
#define BIN_RUNJOB_SHIM_LIMITS_H

#include <sys/types.h>

#include "lib/cgroup_limits.h"

struct config;
struct error;
struct job;
struct job_plan;

/* The limits of a job by its plan, and the roof over all jobs of its owner by the settings
 * HOOKTOOLS_OWNER_CPU, _MEMORY and _PIDS; a wrong one is ERROR_CONFIG. */
void limits_of_job(struct cgroup_limits *limits, const struct job *job,
		   const struct job_plan *plan);
int limits_of_owner(struct cgroup_limits *roof, const struct config *config,
		    struct error *err);

/* missing is the set of controllers that there are not for the limits: ERROR_CONFIG with what
 * to do about it. */
int limits_refuse(unsigned missing, const char *whose, struct error *err);

/* "cpu,memory" for a set of controllers. */
void limits_list(char *text, size_t size, unsigned controllers);

/* The limits that a process has, and not a group: on open files; and on its address space, in
 * bytes, where there is nothing better (0: none).  Of one that waits, before it executes. */
int limits_of_process(pid_t pid, const struct job_plan *plan, uint64_t memory_bytes,
		      struct error *err);

#endif
