#include "bin/runjob-shim/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bin/runjob-shim/containment.h"
#include "bin/runjob-shim/secret_file.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/jail.h"
#include "lib/process.h"
#include "lib/str.h"

enum { EXIT_NO_EXEC = 127 };

static mode_t octal(const char *digits)
{
	mode_t mode = 0;

	for (; *digits; digits++)
		mode = mode * 8 + (mode_t)(*digits - '0');
	return mode;
}

static const char *path_in(const struct job_texts *environment)
{
	size_t i;

	for (i = 0; i < environment->count; i++) {
		if (str_starts(environment->items[i], "PATH="))
			return environment->items[i] + strlen("PATH=");
	}
	return NULL;
}

static int prepare(const struct launch_what *what, struct error *err)
{
	const char *dir = what->plan->dir ? what->plan->dir : "/";

	(void)setsid();
	if (dup2(what->stdin_fd, 0) < 0 || dup2(what->out_fd, 1) < 0 ||
	    dup2(what->err_fd, 2) < 0)
		return error_errno(err, "set up its descriptors");
	if (what->plan->umask)
		(void)umask(octal(what->plan->umask));
	if (secret_files_place(what->files, what->jail, err) < 0)
		return -1;
	if (jail_confine(what->jail, path_in(what->environment), err) < 0)
		return -1;
	/* As the user, who may have no way there. */
	if (chdir(dir) < 0)
		return error_errno(err, "enter folder '%s'", dir);
	process_default_signals();
	return 0;
}

static void execute(const struct launch_what *what, struct error *err)
{
	char *const *argv = what->plan->exec.items;

	/* argv[0] is looked for in the job's own PATH. */
	environ = what->environment->items;
	(void)execvp(argv[0], argv);
	(void)error_errno(err, "execute '%s'", argv[0]);
}

/* The child's life before it executes. */
static void child(int go_fd, int error_fd, const struct launch_what *what)
{
	struct launch_failure failure = { 0, false, "" };
	struct error err = { 0 };
	char byte;
	ssize_t got;

	/* A supervisor that died has no lock any more. */
	close(what->lock_fd);
	do
		got = read(go_fd, &byte, 1);
	while (got < 0 && errno == EINTR);
	/* The end of the pipe: our supervisor died, and nobody would watch us. */
	if (got != 1)
		_exit(EXIT_NO_EXEC);
	failure.executing = prepare(what, &err) == 0;
	if (failure.executing)
		execute(what, &err);
	failure.number = errno;
	snprintf(failure.message, sizeof(failure.message), "%.255s", err.message);
	(void)!write(error_fd, &failure, sizeof(failure));
	_exit(EXIT_NO_EXEC);
}

int launch_prepare(struct launch *launch, const struct containment *containment,
		   const struct launch_what *what, struct error *err)
{
	struct process process = PROCESS_NONE;
	int go[2] = { -1, -1 };
	int error[2] = { -1, -1 };

	if (pipe2(go, O_CLOEXEC) < 0 || pipe2(error, O_CLOEXEC) < 0) {
		cleanup_close(&go[0]);
		cleanup_close(&go[1]);
		return error_errno(err, "make pipes");
	}
	launch->go_fd = go[1];
	launch->error_fd = error[0];
	if (jail_fork(&process, what->jail, &containment->cgroup, err) == 0) {
		if (process.pid == 0) {
			close(go[1]);
			child(go[0], error[1], what);
		}
		launch->pid = process.pid;
		cleanup_close(&process.pidfd);
	}
	close(go[0]);
	close(error[1]);
	return launch->pid ? 0 : -1;
}

int launch_go(struct launch_failure *failure, struct launch *launch, struct error *err)
{
	struct launch_failure told = { 0, false, "" };
	ssize_t got;

	*failure = told;
	/* It may be dead already, killed by somebody; then the pipe has no reader. */
	if (write(launch->go_fd, "g", 1) < 0 && errno != EPIPE)
		return error_errno(err, "let process %d go", (int)launch->pid);
	do
		got = read(launch->error_fd, &told, sizeof(told));
	while (got < 0 && errno == EINTR);
	if (got == (ssize_t)sizeof(told))
		*failure = told;
	launch_close(launch);
	return 0;
}

void launch_close(struct launch *launch)
{
	cleanup_close(&launch->go_fd);
	cleanup_close(&launch->error_fd);
	launch->go_fd = -1;
	launch->error_fd = -1;
}
