#include "lib/job_wait.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/job.h"
#include "lib/str.h"

/* The kernel tells of a close just before it gives the lock away: look a few times. */
enum { LOOK_AGAIN_MS = 5, LOOKS = 40 };

struct view {
	bool come;  /* it is as it was waited for */
	bool alive; /* somebody brings it there */
};

static bool is_begin(enum job_event event)
{
	return event == JOB_BEGUN || event == JOB_BEGUN_IN_TURN;
}

static int look(struct view *view, struct job_status *status, const struct job *job,
		enum job_event event, struct error *err)
{
	bool found = false;

	/* In this order: without a supervisor the status is the last one. */
	if (job_has_supervisor(&view->alive, job, err) < 0 ||
	    job_status_now(status, &found, job, err) < 0)
		return -1;
	view->come = found && (job_state_is_final(status->state) ||
			       (is_begin(event) && status->state == JOB_RUNNING));
	if (event == JOB_GONE && view->alive)
		view->come = false;
	return 0;
}

/* *closed: somebody who could hold the lock closed it. */
static void read_news(bool *closed, int inotify_fd)
{
	char bytes[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t got;

	*closed = false;
	while ((got = read(inotify_fd, bytes, sizeof(bytes))) > 0) {
		const char *p = bytes;

		while (p < bytes + got) {
			const struct inotify_event *event = (const void *)p;

			*closed |= event->len > 0 && str_equal(event->name, "lock");
			p += sizeof(*event) + event->len;
		}
	}
}

static int watch(struct job_status *status, const struct job *job, enum job_event event,
		 int inotify_fd, struct error *err)
{
	struct view view = { false, false };
	int looks = 0;

	for (;;) {
		struct pollfd polled = { inotify_fd, POLLIN, 0 };
		bool closed = false;

		if (look(&view, status, job, event, err) < 0)
			return -1;
		if (view.come)
			return 0;
		/* What has not begun may wait for its turn; then nobody has to live yet. */
		if (!view.alive && event == JOB_BEGUN)
			return error_set(err, ERROR_TEMPORARY,
					 "job '%s' has no supervisor", job->id);
		if (poll(&polled, 1, looks ? LOOK_AGAIN_MS : -1) < 0 && errno != EINTR)
			return error_errno(err, "wait for job '%s'", job->id);
		read_news(&closed, inotify_fd);
		looks = closed ? LOOKS : looks > 0 ? looks - 1 : 0;
	}
}

int job_wait(struct job_status *status, const struct job *job, enum job_event event,
	     struct error *err)
{
	auto_close int inotify_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	if (inotify_fd < 0 ||
	    inotify_add_watch(inotify_fd, job->dir, IN_MOVED_TO | IN_CLOSE_WRITE) < 0)
		return error_errno(err, "watch '%s'", job->dir);
	return watch(status, job, event, inotify_fd, err);
}
