#include "bin/runjob-shim/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bin/runjob-shim/watch.h"
#include "lib/cgroup_base.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/process.h"
#include "lib/str.h"

enum { PID_LIMIT = 32 };

/* Move all three out of the way and put /dev/null in the place of all three. */
static int take_descriptors(struct supervisor *supervisor, struct error *err)
{
	auto_close int null = -1;
	struct stat places;
	int fd;

	if (close_range(3, ~0U, 0) < 0)
		return error_errno(err, "close inherited descriptors");
	supervisor->lock_fd = fcntl(0, F_DUPFD_CLOEXEC, 3);
	supervisor->stdin_fd = fcntl(1, F_DUPFD_CLOEXEC, 3);
	if (fstat(2, &places) == 0 && S_ISREG(places.st_mode))
		supervisor->slot_fd = fcntl(2, F_DUPFD_CLOEXEC, 3);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (supervisor->lock_fd < 0 || supervisor->stdin_fd < 0 || null < 0)
		return error_errno(err, "take over descriptors");
	for (fd = 0; fd < 3; fd++) {
		if (dup2(null, fd) < 0)
			return error_errno(err, "take over descriptors");
	}
	return 0;
}

/* In the lock's file, for runjob stop: whoever is named there holds the lock. */
static int write_pid(struct supervisor *supervisor, struct error *err)
{
	auto_free char *text = str_format("%d\n", (int)getpid());
	char former[PID_LIMIT] = "";
	ssize_t got = pread(supervisor->lock_fd, former, sizeof(former) - 1, 0);

	if (got > 0)
		supervisor->former = (pid_t)str_leading_u64(former);
	if (got < 0 || (got && ftruncate(supervisor->lock_fd, 0) < 0) ||
	    pwrite(supervisor->lock_fd, text, strlen(text), 0) < 0)
		return error_errno(err, "write '%s/lock'", supervisor->job.dir);
	return 0;
}

static void describe(struct supervisor *supervisor)
{
	struct job_status *status = &supervisor->status;
	const struct job_plan *plan = &supervisor->plan;

	status->exit_code = -1;
	status->created_ms = (int64_t)plan->created_ms;
	(void)gethostname(status->node, sizeof(status->node) - 1);
	snprintf(status->name, sizeof(status->name), "%s", plan->name ? plan->name : "");
	snprintf(status->repository, sizeof(status->repository), "%s",
		 plan->repository ? plan->repository : "");
	snprintf(status->group, sizeof(status->group), "%s",
		 plan->group ? plan->group : "");
	snprintf(status->event_id, sizeof(status->event_id), "%s",
		 plan->event_id ? plan->event_id : "");
}

/* Out of the group of whoever started us, which may be ended before the job is. */
static void step_aside(const struct supervisor *supervisor)
{
	auto_cgroup_base struct cgroup_base base = CGROUP_BASE_NONE;
	struct error ignored = { 0 };

	if (cgroup_is_aside())
		return;
	/* A wrong setting is told when the job's own group is made. */
	if (cgroup_find(&base, config_get(&supervisor->config, "HOOKTOOLS_CGROUP"),
			&ignored) == 0)
		cgroup_step_aside(&base);
}

int supervisor_open(struct supervisor *supervisor, const char *id, const char *owner,
		    struct error *err)
{
	bool found = false;

	if (take_descriptors(supervisor, err) < 0 ||
	    watch_signals(&supervisor->signal_fd, err) < 0 ||
	    layout_read(&supervisor->layout, err) < 0)
		return -1;
	supervisor->layout.owner = owner;
	if (job_open(&supervisor->job, &found, &supervisor->layout, id, err) < 0)
		return -1;
	if (!found)
		return error_set(err, ERROR_ABSENT, "no job '%s'", id);
	if (write_pid(supervisor, err) < 0 ||
	    config_load(&supervisor->config, &supervisor->layout, err) < 0 ||
	    job_plan_read(&supervisor->plan, &supervisor->job, err) < 0)
		return -1;
	process_prefer(supervisor->layout.bin);
	step_aside(supervisor);
	describe(supervisor);
	/* What the job leaves behind becomes ours, and not the init system's. */
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		return error_errno(err, "become a subreaper");
	return 0;
}

void supervisor_close(struct supervisor *supervisor)
{
	job_plan_free(&supervisor->plan);
	job_close(&supervisor->job);
	config_free(&supervisor->config);
	layout_free(&supervisor->layout);
	cleanup_close(&supervisor->signal_fd);
	cleanup_close(&supervisor->stdin_fd);
	cleanup_close(&supervisor->lock_fd);
	cleanup_close(&supervisor->slot_fd);
}
