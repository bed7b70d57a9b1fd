#ifndef LIB_USAGE_H
#define LIB_USAGE_H

#include <stdbool.h>

#include "lib/cgroup_usage.h"

struct error;
struct job;
struct job_status;

/* Between what groups count and what status.json says. */

/* What was counted goes into the status; a field that was not stays. */
void usage_count(struct job_status *status, const struct cgroup_usage *counted);

/* What a job that runs has used up to now, by its groups; *found is false when it has none. */
int usage_now(struct cgroup_usage *counted, bool *found, const struct job *job,
	      struct error *err);

#endif
