#include "bin/hookrecv/crew.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/log.h"

enum { RETRY_MS = 1000, SLOTS = 3 * CREW_MAX };

struct worker {
	pid_t pid; /* 0: this slot is free */
	unsigned generation;
	bool leaving; /* it was told to end */
};

struct state {
	const struct crew *crew;
	struct worker workers[SLOTS];
	unsigned generation;
	sigset_t before; /* the signals blocked when we began */
	int signals;
	bool renew; /* SIGHUP came */
	bool stopping;
	int64_t retry_ms; /* no worker is started before */
};

void crew_ready(int ready)
{
	(void)!write(ready, "+", 1);
	close(ready);
}

__attribute__((noreturn)) static void be_worker(const struct state *state, int ready)
{
	struct error err = { 0 };
	pid_t parent = getppid();

	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	close(state->signals);
	(void)signal(SIGHUP, SIG_IGN);
	(void)sigprocmask(SIG_SETMASK, &state->before, NULL);
	if (getppid() == parent &&
	    state->crew->work(state->crew->context, ready, &err) == 0)
		exit(0);
	log_error("%s", err.message);
	exit(error_exit_status(&err));
}

/* Its slot, and where it says that it is ready. */
static struct worker *start(struct state *state, int *ready, struct error *err)
{
	struct worker *worker = state->workers;
	int ends[2];

	while (worker->pid)
		worker++;
	if (pipe2(ends, O_CLOEXEC) < 0) {
		(void)error_errno(err, "make a pipe");
		return NULL;
	}
	*worker = (struct worker){ fork(), state->generation, false };
	if (worker->pid == 0) {
		close(ends[0]);
		be_worker(state, ends[1]);
	}
	close(ends[1]);
	*ready = ends[0];
	if (worker->pid > 0)
		return worker;
	worker->pid = 0;
	(void)error_errno(err, "start a worker");
	close(steal_fd(ready));
	return NULL;
}

/* It has ended before it was ready: its exit status tells why. */
static int fail(struct worker *worker, struct error *err)
{
	int status = 0;

	while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR)
		;
	worker->pid = 0;
	return error_set(err,
			 WIFEXITED(status) && WEXITSTATUS(status) == EX_CONFIG
				 ? ERROR_CONFIG
				 : ERROR_SYSTEM,
			 "a worker did not start");
}

static int start_ready(struct state *state, struct error *err)
{
	auto_close int ready = -1;
	struct worker *worker = start(state, &ready, err);
	ssize_t got;
	char byte;

	if (!worker)
		return -1;
	do {
		got = read(ready, &byte, 1);
	} while (got < 0 && errno == EINTR);
	return got == 1 ? 0 : fail(worker, err);
}

/* Those of one generation, without those that leave. */
static unsigned count(const struct state *state, unsigned generation)
{
	unsigned found = 0;
	size_t i;

	for (i = 0; i < SLOTS; i++) {
		const struct worker *worker = &state->workers[i];

		if (worker->pid && !worker->leaving && worker->generation == generation)
			found++;
	}
	return found;
}

/* Is there any, or any that leaves? */
static bool is_any(const struct state *state, bool leaving)
{
	size_t i;

	for (i = 0; i < SLOTS; i++) {
		if (state->workers[i].pid && state->workers[i].leaving >= leaving)
			return true;
	}
	return false;
}

/* Tell a generation to end; it finishes what it has begun. */
static void dismiss(struct state *state, unsigned generation)
{
	size_t i;

	for (i = 0; i < SLOTS; i++) {
		struct worker *worker = &state->workers[i];

		if (!worker->pid || worker->generation != generation)
			continue;
		worker->leaving = true;
		(void)kill(worker->pid, SIGTERM);
	}
}

static int fill(struct state *state, struct error *err)
{
	while (count(state, state->generation) < state->crew->workers) {
		if (start_ready(state, err) < 0)
			return -1;
	}
	return 0;
}

/* A new generation; if it cannot work, the old one stays. */
static void renew(struct state *state)
{
	struct error err = { 0 };

	state->renew = false;
	state->generation++;
	if (fill(state, &err) == 0) {
		dismiss(state, state->generation - 1);
		log_notice("certificate and configuration were read again");
		return;
	}
	log_error("%s; going on with the workers as they were", err.message);
	dismiss(state, state->generation);
	state->generation--;
}

static void stop(struct state *state)
{
	unsigned generation;

	state->stopping = true;
	for (generation = 0; generation <= state->generation; generation++)
		dismiss(state, generation);
}

static void reap(struct state *state)
{
	int status = 0;
	pid_t pid;
	size_t i;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (i = 0; i < SLOTS && state->workers[i].pid != pid; i++)
			;
		if (i == SLOTS)
			continue;
		if (!state->workers[i].leaving)
			log_error("worker %d died (%s %d), starting another", (int)pid,
				  WIFSIGNALED(status) ? "signal" : "status",
				  WIFSIGNALED(status) ? WTERMSIG(status)
						      : WEXITSTATUS(status));
		state->workers[i].pid = 0;
	}
}

static void take_signals(struct state *state)
{
	struct signalfd_siginfo info;

	while (read(state->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGHUP)
			state->renew = true;
		else if (info.ssi_signo != SIGCHLD)
			stop(state);
	}
	reap(state);
}

/* Have as many workers as there should be; one that cannot start is tried again later. */
static void keep_up(struct state *state)
{
	struct error err = { 0 };

	/* One change after the other. */
	if (state->renew && !is_any(state, true))
		renew(state);
	if (date_now_ms() < state->retry_ms || fill(state, &err) == 0)
		return;
	log_error("%s, trying again in %d s", err.message, RETRY_MS / 1000);
	state->retry_ms = date_now_ms() + RETRY_MS;
}

static int watch_signals(struct state *state, struct error *err)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, &state->before) < 0)
		return error_errno(err, "block signals");
	state->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return state->signals < 0 ? error_errno(err, "watch signals") : 0;
}

int crew_run(const struct crew *crew, struct error *err)
{
	struct state state = { .crew = crew, .signals = -1 };
	bool failed;

	if (watch_signals(&state, err) < 0)
		return -1;
	failed = fill(&state, err) < 0;
	if (failed)
		stop(&state);
	else
		crew->ready(crew->context);
	while (!state.stopping || is_any(&state, false)) {
		struct pollfd ready = { .fd = state.signals, .events = POLLIN };

		(void)poll(&ready, 1, RETRY_MS);
		take_signals(&state);
		if (!state.stopping)
			keep_up(&state);
	}
	close(state.signals);
	return failed ? -1 : 0;
}
