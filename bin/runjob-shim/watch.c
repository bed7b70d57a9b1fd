#include "bin/runjob-shim/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bin/runjob-shim/containment.h"
#include "bin/runjob-shim/pause.h"
#include "bin/runjob-shim/record.h"
#include "lib/buf.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/jail.h"
#include "lib/job.h"
#include "lib/job_plan.h"
#include "lib/job_status.h"
#include "lib/str.h"

enum { STOP_LIMIT = 64, CHUNKS_AT_ONCE = 16 };

int64_t watch_now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int watch_signals(int *signal_fd, struct error *err)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return error_errno(err, "block signals");
	*signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (*signal_fd < 0)
		return error_errno(err, "make a signal descriptor");
	return 0;
}

void watch_reap(struct watch *watch)
{
	int status = 0;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == watch->leader) {
			watch->leader = 0;
			watch->status = status;
			jail_release(watch->jail);
		}
	}
	watch->has_children = pid == 0;
}

/* The file "stop" of the job, as runjob stop writes it: "<signal> <grace in ms>". */
static void read_request(int *signal, uint64_t *grace_ms, const struct job *job)
{
	auto_buf struct buf text = BUF_EMPTY;
	struct error ignored = { 0 };
	uint64_t number = 0;
	const char *rest;
	bool found = false;

	/* Without it SIGTERM itself was the request, and the plan has the grace. */
	if (file_read_if(&text, &found, job->fd, "stop", STOP_LIMIT, &ignored) < 0 ||
	    !found || !text.len)
		return;
	rest = strchr(text.data, ' ');
	if (!rest)
		return;
	text.data[rest++ - text.data] = '\0';
	if (str_to_u64(&number, text.data, 1, NSIG - 1, &ignored) == 0)
		*signal = (int)number;
	if (str_to_u64(&number, rest, 0, INT_MAX, &ignored) == 0)
		*grace_ms = number;
}

/* No time is so long that it would be over at once. */
static int64_t later(int64_t from_ms, uint64_t ms)
{
	return from_ms + (ms < INT64_MAX / 4 ? (int64_t)ms : INT64_MAX / 4);
}

static void begin_to_stop(struct watch *watch, enum watch_cause cause)
{
	uint64_t grace_ms = watch->plan->grace_ms;
	int signal = SIGTERM;
	int64_t last_ms;
	int64_t end_ms;

	/* Asked twice: at once. */
	if (watch->cause != WATCH_ENDED) {
		watch->deadline_ms = watch_now_ms();
		return;
	}
	watch->cause = cause;
	if (cause == WATCH_STOPPED)
		read_request(&signal, &grace_ms, watch->job);
	containment_signal(watch->containment, signal);
	/* A stopped process would not even notice. */
	containment_signal(watch->containment, SIGCONT);
	pause_end(watch);
	/* Nobody runs longer because he was to be stopped. */
	last_ms = later(watch->deadline_ms, watch->plan->grace_ms);
	end_ms = later(watch_now_ms(), grace_ms);
	watch->deadline_ms =
		watch->deadline_ms < 0 || end_ms < last_ms ? end_ms : last_ms;
}

static void take_signals(struct watch *watch)
{
	struct signalfd_siginfo info;

	while (read(watch->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGUSR1)
			pause_look(watch);
		else if (info.ssi_signo != SIGCHLD)
			begin_to_stop(watch, WATCH_STOPPED);
	}
}

/* Some of it: who writes without end must not keep us from all else. */
static void take_output(struct record *record, int *fd)
{
	int chunks = CHUNKS_AT_ONCE;

	while (chunks-- > 0 && record_take(record, fd))
		;
}

static int wait_a_while(struct watch *watch, struct error *err)
{
	int64_t left = watch->deadline_ms - watch_now_ms();
	struct pollfd polled[] = { { watch->signal_fd, POLLIN, 0 },
				   { watch->containment->events_fd, POLLPRI, 0 },
				   { watch->record->out, POLLIN, 0 },
				   { watch->record->err, POLLIN, 0 } };

	if (watch->deadline_ms < 0 || watch->told->paused_ms)
		left = -1;
	else if (left < 0)
		left = 0;
	if (left > INT_MAX)
		left = INT_MAX;
	if (poll(polled, 4, (int)left) < 0 && errno != EINTR)
		return error_errno(err, "wait for process %d", (int)watch->leader);
	if (polled[1].revents)
		containment_heard(watch->containment);
	if (polled[2].revents)
		take_output(watch->record, &watch->record->out);
	if (polled[3].revents)
		take_output(watch->record, &watch->record->err);
	return 0;
}

int watch_job(struct watch *watch, struct error *err)
{
	if (watch->plan->timeout_ms)
		watch->deadline_ms = later(watch_now_ms(), watch->plan->timeout_ms);
	for (;;) {
		take_signals(watch);
		watch_reap(watch);
		if (!watch->leader && watch->cause == WATCH_ENDED)
			return 0;
		if (!watch->leader &&
		    containment_is_empty(watch->containment, watch->has_children))
			return 0;
		if (watch->deadline_ms >= 0 && !watch->told->paused_ms &&
		    watch_now_ms() >= watch->deadline_ms) {
			if (watch->cause != WATCH_ENDED)
				return 0;
			begin_to_stop(watch, WATCH_TIMEOUT);
		}
		if (wait_a_while(watch, err) < 0)
			return -1;
	}
}
