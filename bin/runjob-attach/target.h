#ifndef BIN_RUNJOB_ATTACH_TARGET_H
#define BIN_RUNJOB_ATTACH_TARGET_H

#include "lib/cgroup.h"
#include "lib/cgroup_v1.h"
#include "lib/config.h"
#include "lib/jail.h"
#include "lib/job.h"
#include "lib/job_plan.h"
#include "lib/job_status.h"
#include "lib/layout.h"

struct error;

/* The job into which, or beside which, a command shall run, and the surroundings of that. */
struct target {
	struct layout layout;
	struct config config;
	struct job job;
	struct job_plan plan;
	struct job_status status;
	struct jail jail;
	struct cgroup cgroup; /* of a job that runs */
	struct cgroup_v1 v1;
	struct job_texts environment;
};

#define TARGET_NONE                                                                      \
	{                                                                                \
		.layout = LAYOUT_EMPTY, .config = CONFIG_EMPTY, .job = JOB_NONE,         \
		.plan = JOB_PLAN_EMPTY, .jail = JAIL_EMPTY, .cgroup = CGROUP_NONE,       \
		.v1 = CGROUP_V1_NONE                                                     \
	}
#define auto_target __attribute__((cleanup(target_close)))

/* The job; ERROR_DENIED when the operator does not want it. */
int target_open(struct target *target, const char *owner, const char *id,
		struct error *err);

/* Its own surroundings, while it runs; ERROR_ABSENT when it does not. */
int target_join(struct target *target, struct error *err);

/* The like of them, made anew, without its secrets. */
int target_repeat(struct target *target, struct error *err);

/* The shell of its user. */
const char *target_shell(const struct target *target);
void target_close(struct target *target);

#endif
