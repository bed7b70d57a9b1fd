#include "lib/process_clone.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/process.h"

enum { EXIT_NO_EXEC = 127 };

static int put_in_place(int fd, int place)
{
	if (fd < 0)
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	return fd < 0 ? -1 : dup2(fd, place);
}

/* Nothing but what may follow a fork. */
static int become(const struct process_start *start)
{
	if (start->new_session && setsid() < 0)
		return -1;
	if (put_in_place(start->in, 0) < 0 || put_in_place(start->out, 1) < 0 ||
	    put_in_place(start->err, 2) < 0)
		return -1;
	if (start->dir && chdir(start->dir) < 0)
		return -1;
	process_default_signals();
	return execve(start->argv[0], (char *const *)(uintptr_t)start->argv,
		      start->environment ? start->environment : environ);
}

static pid_t clone_into(int cgroup)
{
	struct clone_args args = { .flags = CLONE_INTO_CGROUP,
				   .exit_signal = SIGCHLD,
				   .cgroup = (uint64_t)cgroup };

	/* glibc has no wrapper. */
	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

int process_clone(pid_t *pid, const struct process_start *start)
{
	auto_close int theirs = -1;
	auto_close int ours = -1;
	int number = 0;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return errno;
	ours = ends[0];
	theirs = ends[1];
	*pid = clone_into(start->cgroup);
	if (*pid < 0)
		return errno;
	if (*pid == 0) {
		(void)become(start);
		number = errno;
		(void)!write(theirs, &number, sizeof(number));
		_exit(EXIT_NO_EXEC);
	}
	close(steal_fd(&theirs));
	while (read(ours, &number, sizeof(number)) < 0 && errno == EINTR)
		;
	if (number)
		(void)waitpid(*pid, NULL, 0);
	return number;
}
