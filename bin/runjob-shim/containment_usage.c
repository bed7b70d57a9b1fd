#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "bin/runjob-shim/containment.h"
#include "bin/runjob-shim/oom.h"
#include "lib/cgroup_usage.h"
#include "lib/job.h"
#include "lib/job_status.h"
#include "lib/usage.h"

static uint64_t milliseconds(struct timeval time)
{
	return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_usec / 1000;
}

/* Of all that we have reaped; the memory is that of the largest one. */
static void count_children(struct job_status *status)
{
	struct rusage children = { 0 };

	(void)getrusage(RUSAGE_CHILDREN, &children);
	status->usage.user_ms = milliseconds(children.ru_utime);
	status->usage.system_ms = milliseconds(children.ru_stime);
	status->cpu_ms = status->usage.user_ms + status->usage.system_ms;
	status->memory_peak = (uint64_t)children.ru_maxrss * 1024;
	/* In blocks of 512 bytes. */
	status->usage.read_bytes = (uint64_t)children.ru_inblock * 512;
	status->usage.write_bytes = (uint64_t)children.ru_oublock * 512;
}

/* An ancestor's limit kills in the job's group, and is counted as hit in its own. */
static void blame(struct job_usage *usage, const struct cgroup_usage *counted,
		  const struct containment *containment)
{
	bool owner =
		containment->owner_fd >= 0
			? cgroup_usage_oom(containment->owner_fd) > containment->owner_oom
			: containment->roof.memory_bytes > 0;

	if (counted->oom && containment->limits.memory_bytes) {
		snprintf(usage->oom_of, sizeof(usage->oom_of), "job");
		usage->oom_limit = containment->limits.memory_bytes;
	} else if (owner) {
		snprintf(usage->oom_of, sizeof(usage->oom_of), "owner");
		usage->oom_limit = containment->roof.memory_bytes;
	} else {
		snprintf(usage->oom_of, sizeof(usage->oom_of), "machine");
	}
}

void containment_usage(struct job_status *status, const struct job *job,
		       const struct containment *containment)
{
	struct cgroup_usage counted = { 0 };

	count_children(status);
	if (containment->cgroup.path)
		cgroup_usage_read(&counted, containment->cgroup.fd);
	cgroup_v1_usage(&counted, &containment->v1);
	usage_count(status, &counted);
	if (!counted.oom_kills)
		return;
	blame(&status->usage, &counted, containment);
	oom_killed(status->usage.oom_killed, sizeof(status->usage.oom_killed), job->id);
}
