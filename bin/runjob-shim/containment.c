#include "bin/runjob-shim/containment.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bin/runjob-shim/tree.h"
#include "lib/cgroup_base.h"
#include "lib/cleanup.h"
#include "lib/config.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job.h"
#include "lib/job_plan.h"
#include "lib/job_status.h"

enum { DEATH_MS = 60000 };

/* Where a recovery finds what is left of it. */
static int note_path(const struct job *job, const struct cgroup *cgroup,
		     struct error *err)
{
	auto_close int fd =
		openat(job->fd, "cgroup", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		return error_errno(err, "create '%s/cgroup'", job->dir);
	return file_write(fd, cgroup->path, strlen(cgroup->path), "cgroup", err);
}

static int make_group(struct containment *containment, const struct job *job,
		      const struct cgroup_base *base, const struct cgroup_limits *limits,
		      struct error *err)
{
	if (cgroup_make(&containment->cgroup, base, job->id, limits, err) < 0)
		return -1;
	if (note_path(job, &containment->cgroup, err) < 0)
		return -1;
	return cgroup_watch(&containment->events_fd, &containment->cgroup, err);
}

int containment_make(struct containment *containment, const struct job *job,
		     const struct job_plan *plan, const struct config *config,
		     struct error *err)
{
	const struct cgroup_limits limits = { plan->cpu_us, plan->memory_bytes,
					      plan->pids };
	auto_cgroup_base struct cgroup_base base = CGROUP_BASE_NONE;

	if (cgroup_find(&base, config_get(config, "HOOKTOOLS_CGROUP"), err) < 0)
		return -1;
	if (base.path)
		return make_group(containment, job, &base, &limits, err);
	if (plan->cpu_us || plan->memory_bytes || plan->pids)
		return error_set(err, ERROR_CONFIG,
				 "limits need a cgroup v2, and there is none here");
	return 0;
}

const char *containment_name(const struct containment *containment)
{
	return containment->cgroup.path ? "cgroup" : "process-tree";
}

void containment_signal(const struct containment *containment, int signal)
{
	struct error ignored = { 0 };

	/* Whoever it does not reach is reached by containment_kill. */
	if (containment->cgroup.path)
		(void)cgroup_signal(&containment->cgroup, signal, &ignored);
	else
		(void)tree_signal(signal);
}

void containment_heard(const struct containment *containment)
{
	char text[128];

	(void)!pread(containment->events_fd, text, sizeof(text), 0);
}

bool containment_is_empty(const struct containment *containment, bool has_children)
{
	struct error ignored = { 0 };
	bool populated = true;

	if (!containment->cgroup.path)
		return !has_children;
	containment_heard(containment);
	return cgroup_is_populated(&populated, &containment->cgroup, &ignored) == 0 &&
	       !populated;
}

static void kill_tree(void)
{
	/* Those that are killed leave their children to us: look again until none is left.
	 * One of the killed is our own child, so the wait ends. */
	while (tree_signal(SIGKILL) > 0) {
		(void)waitpid(-1, NULL, 0);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
}

int containment_kill(const struct containment *containment, struct error *err)
{
	if (!containment->cgroup.path) {
		kill_tree();
		return 0;
	}
	if (containment_is_empty(containment, false))
		return 0;
	if (cgroup_kill(&containment->cgroup, err) < 0)
		return -1;
	return cgroup_wait_empty(&containment->cgroup, DEATH_MS, err);
}

static uint64_t milliseconds(struct timeval time)
{
	return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_usec / 1000;
}

void containment_usage(struct job_status *status, bool *out_of_memory,
		       const struct containment *containment)
{
	struct cgroup_usage usage = { 0 };
	struct rusage children = { 0 };

	/* Of all that we have reaped; the memory is that of the largest one. */
	(void)getrusage(RUSAGE_CHILDREN, &children);
	status->cpu_ms =
		milliseconds(children.ru_utime) + milliseconds(children.ru_stime);
	status->memory_peak = (uint64_t)children.ru_maxrss * 1024;
	if (!containment->cgroup.path)
		return;
	cgroup_usage_read(&usage, &containment->cgroup);
	status->cpu_ms = usage.cpu_us / 1000;
	if (usage.has_memory)
		status->memory_peak = usage.memory_peak;
	if (usage.has_pids)
		status->pids_peak = usage.pids_peak;
	*out_of_memory = usage.oom;
}

void containment_close(struct containment *containment)
{
	struct error ignored = { 0 };

	/* One that will not go is empty at least, and runjob recover takes it later. */
	(void)cgroup_remove(&containment->cgroup, &ignored);
	cgroup_close(&containment->cgroup);
	cleanup_close(&containment->events_fd);
	containment->events_fd = -1;
}
