#include "lib/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/process_clone.h"
#include "lib/process_input.h"

enum { STDERR_LIMIT = 65536, INPUT_LIMIT = 65536 };

void process_prefer(const char *dir)
{
	const char *path = getenv("PATH");
	auto_free char *longer = str_format(
		"%s:%s", dir, path && *path ? path : "/usr/local/bin:/usr/bin:/bin");

	/* Fails only without memory, and then the old PATH serves. */
	(void)setenv("PATH", longer, 1);
}

static int file_actions(posix_spawn_file_actions_t *actions,
			const struct process_start *start)
{
	const int fds[3] = { start->in, start->out, start->err };
	int failed = posix_spawn_file_actions_init(actions);
	int i;

	for (i = 0; i < 3 && !failed; i++) {
		if (fds[i] < 0)
			failed = posix_spawn_file_actions_addopen(actions, i, "/dev/null",
								  O_RDWR, 0);
		else
			failed = posix_spawn_file_actions_adddup2(actions, fds[i], i);
	}
	if (start->dir && !failed)
		failed = posix_spawn_file_actions_addchdir_np(actions, start->dir);
	return failed;
}

static int attributes(posix_spawnattr_t *attr, const struct process_start *start)
{
	short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
	int failed = posix_spawnattr_init(attr);
	sigset_t none;
	sigset_t all;

	sigemptyset(&none);
	sigfillset(&all);
	if (start->new_session)
		flags |= POSIX_SPAWN_SETSID;
	if (!failed)
		failed = posix_spawnattr_setsigmask(attr, &none);
	if (!failed)
		failed = posix_spawnattr_setsigdefault(attr, &all);
	if (!failed)
		failed = posix_spawnattr_setflags(attr, flags);
	return failed;
}

static int spawn_failed(const struct process_start *start, int number, struct error *err)
{
	errno = number;
	(void)error_errno(err, "start '%s'", start->argv[0]);
	if (number == ENOENT || number == EACCES || number == ENOEXEC ||
	    number == ENOTDIR)
		err->kind = ERROR_CONFIG;
	return -1;
}

void process_default_signals(void)
{
	sigset_t none;
	int number;

	for (number = 1; number < NSIG; number++)
		(void)signal(number, SIG_DFL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static int spawn(pid_t *pid, const struct process_start *start)
{
	char *const *environment = start->environment ? start->environment : environ;
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int failed = file_actions(&actions, start);

	if (!failed)
		failed = attributes(&attr, start);
	if (failed)
		return failed;
	failed = posix_spawnp(pid, start->argv[0], &actions, &attr,
			      (char *const *)(uintptr_t)start->argv, environment);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	return failed;
}

int process_spawn(struct process *process, const struct process_start *start,
		  struct error *err)
{
	pid_t pid = 0;
	int failed = start->cgroup ? process_clone(&pid, start) : EINVAL;

	if (failed)
		failed = spawn(&pid, start);
	if (failed)
		return spawn_failed(start, failed, err);
	process->pid = pid;
	/* Our own child cannot be reaped by anybody else, so the number is still its. */
	process->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (process->pidfd < 0)
		return error_errno(err, "watch '%s'", start->argv[0]);
	return 0;
}

static int await_parting(int pidfd, const char *what, struct error *err)
{
	siginfo_t info = { 0 };

	while (waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED) < 0) {
		if (errno == ECHILD)
			return 0;
		if (errno != EINTR)
			return error_errno(err, "wait for %s", what);
	}
	if (info.si_code != CLD_EXITED || info.si_status != 0)
		return error_set(err, ERROR_TEMPORARY, "%s does not start", what);
	return 0;
}

int process_leave(struct process *process, const char *what, struct error *err)
{
	auto_close int pidfd = process->pidfd;

	*process = (struct process)PROCESS_NONE;
	return await_parting(pidfd, what, err);
}

int process_step_apart(struct error *err)
{
	pid_t child = fork();

	if (child > 0)
		_exit(0);
	return child < 0 ? error_errno(err, "fork") : 0;
}

int process_wait(struct process_outcome *outcome, struct process *process,
		 struct error *err)
{
	int status = 0;

	while (waitpid(process->pid, &status, 0) < 0) {
		if (errno != EINTR)
			return error_errno(err, "wait for process %d", (int)process->pid);
	}
	outcome->signalled = WIFSIGNALED(status);
	outcome->code = outcome->signalled ? WTERMSIG(status) : WEXITSTATUS(status);
	cleanup_close(&process->pidfd);
	*process = (struct process)PROCESS_NONE;
	return 0;
}

/* Reads what is there; closes *fd at its end.  False when the limit is passed. */
static bool take_output(struct buf *out, int *fd, size_t limit)
{
	ssize_t got = read(*fd, buf_room(out, 16384), 16384);

	if (got > 0) {
		buf_grew(out, (size_t)got);
		return out->len <= limit;
	}
	if (got == 0 || (errno != EINTR && errno != EAGAIN)) {
		cleanup_close(fd);
		*fd = -1;
	}
	return true;
}

/* The two ends we read, until both are closed. */
static int take_outputs(struct buf *texts, int *fds, const struct process_call *call,
			struct error *err)
{
	int64_t deadline = date_now_ms() + call->timeout_ms;

	while (fds[0] >= 0 || fds[1] >= 0) {
		struct pollfd polled[2] = { { fds[0], POLLIN, 0 },
					    { fds[1], POLLIN, 0 } };
		int64_t left = deadline - date_now_ms();

		if (left <= 0 || poll(polled, 2, (int)left) == 0)
			return error_set(err, ERROR_TEMPORARY, "no end after %d ms",
					 call->timeout_ms);
		if (polled[0].revents && !take_output(&texts[0], &fds[0], call->limit))
			return error_set(err, ERROR_DATA, "more than %zu bytes of output",
					 call->limit);
		/* Its last words matter, not all of them. */
		if (polled[1].revents && !take_output(&texts[1], &fds[1], STDERR_LIMIT))
			buf_skip(&texts[1], STDERR_LIMIT / 2);
	}
	return 0;
}

static enum error_kind kind_of_status(int status)
{
	switch (status) {
	case 1:
		return ERROR_ABSENT;
	case EX_USAGE:
	case EX_SOFTWARE:
		return ERROR_BUG;
	case EX_DATAERR:
	case EX_NOUSER:
	case EX_NOHOST:
		return ERROR_DATA;
	case EX_TEMPFAIL:
		return ERROR_TEMPORARY;
	case EX_NOPERM:
		return ERROR_DENIED;
	case EX_CONFIG:
		return ERROR_CONFIG;
	default:
		return ERROR_SYSTEM;
	}
}

static const char *last_line(struct buf *text)
{
	const char *line;

	while (text->len && text->data[text->len - 1] == '\n')
		buf_cut(text, text->len - 1);
	line = memrchr(buf_str(text), '\n', text->len);
	return line ? line + 1 : buf_str(text);
}

static int judge(const struct process_outcome *outcome, struct buf *said,
		 struct error *err)
{
	const char *line = last_line(said);

	if (outcome->signalled)
		return error_set(err, ERROR_SYSTEM, "killed by signal %d", outcome->code);
	if (outcome->code == 0)
		return 0;
	if (*line)
		return error_set(err, kind_of_status(outcome->code), "%s", line);
	return error_set(err, kind_of_status(outcome->code), "exit status %d",
			 outcome->code);
}

struct pipes {
	int in[2];
	int out[2];
	int err[2];
};

static void close_pipes(struct pipes *pipes)
{
	int i;

	for (i = 0; i < 2; i++) {
		cleanup_close(&pipes->in[i]);
		cleanup_close(&pipes->out[i]);
		cleanup_close(&pipes->err[i]);
	}
}

/* What fits into no pipe waits in memory. */
static int put_aside(int *in, struct str_view input, struct error *err)
{
	cleanup_close(in);
	*in = -1;
	return process_input(in, input, err);
}

static int start_call(struct process *process, struct pipes *pipes,
		      const struct process_call *call, struct error *err)
{
	struct process_start start = { .argv = call->argv };

	if (pipe2(pipes->in, O_CLOEXEC) < 0 || pipe2(pipes->out, O_CLOEXEC) < 0 ||
	    pipe2(pipes->err, O_CLOEXEC) < 0)
		return error_errno(err, "make pipes");
	if (call->input.len > INPUT_LIMIT &&
	    put_aside(&pipes->in[0], call->input, err) < 0)
		return -1;
	start.in = pipes->in[0];
	start.out = pipes->out[1];
	start.err = pipes->err[1];
	if (process_spawn(process, &start, err) < 0)
		return -1;
	close(steal_fd(&pipes->in[0]));
	close(steal_fd(&pipes->out[1]));
	close(steal_fd(&pipes->err[1]));
	/* It fits into the pipe, so this does not wait for the reader. */
	if (call->input.len && call->input.len <= INPUT_LIMIT &&
	    write(pipes->in[1], call->input.data, call->input.len) < 0 && errno != EPIPE)
		return error_errno(err, "write to its stdin");
	close(steal_fd(&pipes->in[1]));
	return 0;
}

int process_capture(struct buf *out, const struct process_call *call, struct error *err)
{
	struct pipes pipes __attribute__((
		cleanup(close_pipes))) = { { -1, -1 }, { -1, -1 }, { -1, -1 } };
	struct process process = PROCESS_NONE;
	struct process_outcome outcome = { false, 0 };
	struct buf texts[2] = { BUF_EMPTY, BUF_EMPTY };
	struct error ignored = { 0 };
	int failed = -1;

	if (start_call(&process, &pipes, call, err) == 0) {
		int ends[2] = { steal_fd(&pipes.out[0]), steal_fd(&pipes.err[0]) };

		failed = take_outputs(texts, ends, call, err);
		cleanup_close(&ends[0]);
		cleanup_close(&ends[1]);
	}
	if (failed && process.pid) /* 0 would be all of our group */
		(void)kill(process.pid, SIGKILL);
	if (process.pid && process_wait(&outcome, &process, failed ? &ignored : err) < 0)
		failed = -1;
	if (!failed)
		failed = judge(&outcome, &texts[1], err);
	if (!failed)
		buf_add(out, buf_str(&texts[0]), texts[0].len);
	buf_wipe(&texts[0]);
	buf_free(&texts[1]);
	return failed ? error_wrap(err, "run '%s'", call->argv[0]) : 0;
}
