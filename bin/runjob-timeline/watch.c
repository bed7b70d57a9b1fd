#include "bin/runjob-timeline/watch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "bin/runjob-timeline/changes.h"
#include "bin/runjob-timeline/chart.h"
#include "bin/runjob-timeline/course.h"
#include "bin/runjob-timeline/screen.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/process.h"

enum {
	FRAME_MS = 100,	 /* between two drawings */
	CLOCK_MS = 1000, /* a screen's times go on */
	SIGNALLED = 128
};

struct watch {
	const struct layout *layout;
	const struct job *job;
	bool json;
	bool draws;
	struct chart chart;
	struct screen screen;
	struct changes changes;
	struct course course;
	size_t watched; /* how many jobs have a watch */
	int inotify_fd;
	int signal_fd;
	struct process waiter; /* `runjob wait` */
	int signal;	       /* that is to end us; 0: none */
	bool over;
};

static int catch_signals(struct watch *watch, struct error *err)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	if (watch->draws)
		sigaddset(&set, SIGWINCH);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return error_errno(err, "block signals");
	watch->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return watch->signal_fd < 0 ? error_errno(err, "make a signal descriptor") : 0;
}

/* It knows all the ways in which a job ends, or cannot be waited for. */
static int start_waiter(struct watch *watch, struct error *err)
{
	const char *argv[] = { "runjob",	  "wait",	  "--owner",
			       watch->job->owner, watch->job->id, NULL };
	struct process_start start = { .argv = argv, .in = -1, .out = -1, .err = -1 };

	process_prefer(watch->layout->bin);
	return process_spawn(&watch->waiter, &start, err);
}

/* A log that grows is news for who draws it, and where it is a run's. */
static int watch_job(const struct watch *watch, const struct course_row *row,
		     struct error *err)
{
	auto_free char *above = job_owner_path(watch->layout, watch->job->owner);
	auto_free char *dir = path_join(above, row->id);
	uint32_t mask = IN_MOVED_TO;

	if (watch->draws || row->kind == COURSE_RUN)
		mask |= IN_MODIFY;
	if (inotify_add_watch(watch->inotify_fd, dir, mask) < 0 && errno != ENOENT)
		return error_errno(err, "watch '%s'", dir);
	return 0;
}

static int read_course(struct watch *watch, struct error *err)
{
	struct course fresh = COURSE_EMPTY;

	if (course_read(&fresh, watch->layout, watch->job, err) < 0)
		return -1;
	course_free(&watch->course);
	watch->course = fresh;
	return 0;
}

/* Jobs come to be while we look: what happens to one before it is watched is read after. */
static int look(struct watch *watch, struct error *err)
{
	size_t jobs;

	for (;;) {
		if (read_course(watch, err) < 0)
			return -1;
		jobs = 0;
		for (size_t i = 0; i < watch->course.count; i++)
			jobs += *watch->course.rows[i].id != '\0';
		if (jobs == watch->watched)
			return 0;
		watch->watched = jobs;
		/* One that is watched already stays so. */
		for (size_t i = 0; i < watch->course.count; i++) {
			const struct course_row *row = &watch->course.rows[i];

			if (*row->id && watch_job(watch, row, err) < 0)
				return -1;
		}
	}
}

static int show(struct watch *watch, struct error *err)
{
	const struct changes_how how = { &watch->chart, watch->layout, watch->json };
	auto_buf struct buf text = BUF_EMPTY;

	if (watch->draws)
		screen_dump(&text, &watch->screen, &watch->chart, &watch->course,
			    watch->layout);
	else
		changes_dump(&text, &watch->changes, &watch->course, &how);
	return file_write(STDOUT_FILENO, buf_str(&text), text.len, "standard output",
			  err);
}

static int show_summary(struct watch *watch, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;

	screen_clear(&text, &watch->screen);
	if (!watch->json)
		chart_dump(&text, &watch->chart, &watch->course);
	return file_write(STDOUT_FILENO, buf_str(&text), text.len, "standard output",
			  err);
}

static void take_signals(struct watch *watch)
{
	struct signalfd_siginfo info;

	while (read(watch->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGWINCH)
			watch->chart = chart_here();
		else
			watch->signal = (int)info.ssi_signo;
	}
}

static void drain(int fd)
{
	char bytes[8192] __attribute__((aligned(__alignof__(struct inotify_event))));

	while (read(fd, bytes, sizeof(bytes)) > 0)
		;
}

/* For news; or, when there were some just now, only for what ends us. */
static int wait_for(struct watch *watch, bool any_news, int timeout_ms, struct error *err)
{
	struct pollfd polled[3] = { { watch->waiter.pidfd, POLLIN, 0 },
				    { watch->signal_fd, POLLIN, 0 },
				    { watch->inotify_fd, POLLIN, 0 } };

	if (poll(polled, any_news ? 3 : 2, timeout_ms) < 0 && errno != EINTR)
		return error_errno(err, "wait for job '%s'", watch->job->id);
	if (polled[1].revents)
		take_signals(watch);
	watch->over = polled[0].revents != 0;
	drain(watch->inotify_fd);
	return 0;
}

static int follow(struct watch *watch, struct error *err)
{
	while (!watch->over && !watch->signal) {
		int64_t begun_ms = date_steady_ms();
		int64_t rest_ms;

		if (look(watch, err) < 0 || show(watch, err) < 0 ||
		    wait_for(watch, true, watch->draws ? CLOCK_MS : -1, err) < 0)
			return -1;
		/* A log that grows all the time would have us draw all the time. */
		rest_ms = begun_ms + FRAME_MS - date_steady_ms();
		if (watch->draws && rest_ms > 0 && !watch->over && !watch->signal &&
		    wait_for(watch, false, (int)rest_ms, err) < 0)
			return -1;
	}
	return 0;
}

static int end(int *status, struct watch *watch, struct error *err)
{
	struct process_outcome outcome = { false, 0 };

	if (watch->signal) {
		*status = SIGNALLED + watch->signal;
		return 0;
	}
	if (process_wait(&outcome, &watch->waiter, err) < 0 || look(watch, err) < 0 ||
	    show(watch, err) < 0 || show_summary(watch, err) < 0)
		return -1;
	if (!watch->course.is_over)
		return error_set(err, ERROR_TEMPORARY,
				 "job '%s' has no supervisor; runjob recover starts one",
				 watch->job->id);
	*status = job_exit_status(&watch->course.status);
	return 0;
}

static void release(struct watch *watch)
{
	struct process_outcome outcome = { false, 0 };
	struct error ignored = { 0 };

	if (watch->waiter.pid > 0) {
		(void)kill(watch->waiter.pid, SIGKILL);
		(void)process_wait(&outcome, &watch->waiter, &ignored);
	}
	cleanup_close(&watch->inotify_fd);
	cleanup_close(&watch->signal_fd);
	changes_free(&watch->changes);
	course_free(&watch->course);
}

int watch(int *status, const struct layout *layout, const struct job *job, bool json,
	  struct error *err)
{
	struct watch watch = { .layout = layout,
			       .job = job,
			       .json = json,
			       .draws = !json && screen_is_here(),
			       .chart = chart_here(),
			       .inotify_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK),
			       .signal_fd = -1,
			       .waiter = PROCESS_NONE };
	int failed = -1;

	if (watch.inotify_fd < 0)
		(void)error_errno(err, "watch job '%s'", job->id);
	else if (catch_signals(&watch, err) == 0 && start_waiter(&watch, err) == 0 &&
		 follow(&watch, err) == 0)
		failed = end(status, &watch, err);
	release(&watch);
	return failed;
}
