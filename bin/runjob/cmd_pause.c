#include "bin/runjob/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "bin/runjob/request.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/job.h"
#include "lib/stop.h"

enum { LOOK_AGAIN_MS = 5, LOOKS = 40 };

static bool is_asked_for(const struct job *job)
{
	return faccessat(job->fd, "pause", F_OK, 0) == 0;
}

static int ask(const struct job *job, bool pause, struct error *err)
{
	auto_close int fd = -1;

	if (!pause && unlinkat(job->fd, "pause", 0) < 0 && errno != ENOENT)
		return error_errno(err, "remove '%s/pause'", job->dir);
	if (pause) {
		fd = openat(job->fd, "pause", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		if (fd < 0)
			return error_errno(err, "create '%s/pause'", job->dir);
	}
	return stop_signal(job, SIGUSR1, err);
}

static int read_status(struct job_status *status, const struct job *job,
		       struct error *err)
{
	bool found = false;

	if (job_status_now(status, &found, job, err) < 0)
		return -1;
	if (!found || status->state == JOB_QUEUED)
		return error_set(err, ERROR_ABSENT,
				 "job '%s' waits for its turn; nothing of it runs yet",
				 job->id);
	if (job_state_is_final(status->state))
		return error_set(err, ERROR_ABSENT, "job '%s' has ended already: %s",
				 job->id, job_state_name(status->state));
	return 0;
}

/* Until its supervisor has written the answer into status.json, or has refused. */
static int await(const struct job *job, bool pause, int inotify_fd, struct error *err)
{
	int looks = 0;

	for (;;) {
		struct pollfd polled = { inotify_fd, POLLIN, 0 };
		struct job_status status = { 0 };
		char events[4096];

		if (read_status(&status, job, err) < 0)
			return -1;
		if ((status.paused_ms != 0) == pause)
			return 0;
		if (pause && !is_asked_for(job))
			return error_set(err, ERROR_TEMPORARY,
					 "job '%s' could not be paused: it is being "
					 "stopped, or resumed by somebody else",
					 job->id);
		/* The kernel tells of a close just before it gives the lock away. */
		looks = poll(&polled, 1, looks ? LOOK_AGAIN_MS : -1) > 0 ? LOOKS
			: looks						 ? looks - 1
									 : 0;
		while (read(inotify_fd, events, sizeof(events)) > 0)
			;
	}
}

static int change(struct context *context, bool pause, struct error *err)
{
	auto_job struct job job = JOB_NONE;
	auto_close int inotify_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	struct job_status status = { 0 };
	const char *id = NULL;

	if (request_operand(&id, context, err) < 0 ||
	    request_find(&job, context, id, err) < 0 ||
	    read_status(&status, &job, err) < 0)
		return -1;
	if ((status.paused_ms != 0) == pause && is_asked_for(&job) == pause) {
		fprintf(stderr, "runjob: job '%s' is %s\n", job.id,
			pause ? "paused already" : "not paused");
		return 0;
	}
	/* It may die without a word: then somebody closes the lock. */
	if (inotify_fd < 0 ||
	    inotify_add_watch(inotify_fd, job.dir, IN_MOVED_TO | IN_CLOSE_WRITE) < 0)
		return error_errno(err, "watch '%s'", job.dir);
	if (ask(&job, pause, err) < 0)
		return -1;
	return await(&job, pause, inotify_fd, err);
}

int cmd_pause(struct context *context, struct error *err)
{
	return change(context, true, err);
}

int cmd_resume(struct context *context, struct error *err)
{
	return change(context, false, err);
}
