#include "bin/runjob-attach/session.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bin/runjob-attach/target.h"
#include "lib/cgroup_v1.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/process.h"
#include "lib/str.h"

enum { EXIT_NOT_EXECUTABLE = 126, EXIT_NO_EXEC = 127 };

/* What the child tells by its end of a socket pair: with a terminal's descriptor that it is
 * ready, or why it cannot be. */
struct told {
	struct error err;
	int exit_code;
};

static void send_told(int fd, const struct told *told, int passed_fd)
{
	struct iovec text = { (void *)(uintptr_t)told, sizeof(*told) };
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .room = { 0 } };
	struct msghdr message = { .msg_iov = &text, .msg_iovlen = 1 };

	if (passed_fd >= 0) {
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
		control.header = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)),
						   .cmsg_level = SOL_SOCKET,
						   .cmsg_type = SCM_RIGHTS };
		memcpy(CMSG_DATA(&control.header), &passed_fd, sizeof(int));
	}
	(void)sendmsg(fd, &message, MSG_NOSIGNAL);
}

/* 1: something was told, 0: the child has executed. */
static int take_told(struct told *told, int *passed_fd, int fd)
{
	struct iovec text = { told, sizeof(*told) };
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .room = { 0 } };
	struct msghdr message = { .msg_iov = &text,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	ssize_t got;

	do
		got = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	if (got != (ssize_t)sizeof(*told))
		return 0;
	if (message.msg_controllen >= sizeof(struct cmsghdr) &&
	    control.header.cmsg_type == SCM_RIGHTS)
		memcpy(passed_fd, CMSG_DATA(&control.header), sizeof(int));
	return 1;
}

/* As the job sees terminals, so that its programs find theirs by name. */
static int open_terminal(int fd, const struct target *target, struct error *err)
{
	auto_close int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	const struct jail_user *user = &target->jail.user;
	struct told ready = { { ERROR_NONE, "" }, 0 };
	struct winsize size;
	int slave = -1;

	if (master >= 0 && unlockpt(master) == 0)
		slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY);
	if (slave < 0)
		return error_errno(err, "open a terminal");
	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0)
		(void)ioctl(slave, TIOCSWINSZ, &size);
	/* Who may not give it away need not, either. */
	if (user->is_other && fchown(slave, user->uid, user->gid) < 0)
		errno = 0;
	send_told(fd, &ready, master);
	if (setsid() < 0 || ioctl(slave, TIOCSCTTY, 0) < 0 || dup2(slave, 0) < 0 ||
	    dup2(slave, 1) < 0 || dup2(slave, 2) < 0)
		return error_errno(err, "take the terminal");
	if (slave > 2)
		close(slave);
	return 0;
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

static int become(int fd, const struct target *target, bool terminal, struct error *err)
{
	const char *dir = target->plan.dir ? target->plan.dir : "/";
	const char *type = getenv("TERM");

	if (terminal && open_terminal(fd, target, err) < 0)
		return -1;
	environ = target->environment.items;
	if (terminal && type && setenv("TERM", type, 1) < 0)
		return error_errno(err, "set TERM");
	if (jail_confine(&target->jail, path_in(&target->environment), err) < 0)
		return -1;
	if (chdir(dir) < 0)
		return error_errno(err, "enter folder '%s'", dir);
	process_default_signals();
	return 0;
}

static void child(int fd, const struct target *target, char **argv, bool terminal)
{
	struct told told = { { ERROR_NONE, "" }, 0 };
	char byte;

	/* The end: whoever wanted us is gone. */
	if (read(fd, &byte, 1) != 1)
		_exit(EXIT_NO_EXEC);
	if (become(fd, target, terminal, &told.err) == 0) {
		(void)execvp(argv[0], argv);
		told.exit_code = errno == ENOENT ? EXIT_NO_EXEC : EXIT_NOT_EXECUTABLE;
		(void)error_errno(&told.err, "execute '%s'", argv[0]);
	}
	send_told(fd, &told, -1);
	_exit(EXIT_NO_EXEC);
}

static int let_go(struct session *session, int fd, const struct target *target,
		  struct error *err)
{
	struct told told = { { ERROR_NONE, "" }, 0 };
	struct process_outcome outcome = { 0 };
	struct error ignored = { 0 };

	if (cgroup_v1_enter(&target->v1, session->process.pid, err) < 0)
		return -1;
	if (send(fd, "g", 1, MSG_NOSIGNAL) < 0)
		return error_errno(err, "let process %d go", (int)session->process.pid);
	while (take_told(&told, &session->master_fd, fd)) {
		if (told.err.kind == ERROR_NONE)
			continue;
		*err = told.err;
		session->exit_code = told.exit_code;
		(void)process_wait(&outcome, &session->process, &ignored);
		return -1;
	}
	return 0;
}

int session_start(struct session *session, const struct target *target, char **argv,
		  bool terminal, struct error *err)
{
	int pair[2] = { -1, -1 };
	int failed;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return error_errno(err, "make a socket pair");
	failed = jail_fork(&session->process, &target->jail, &target->cgroup, err);
	if (!failed && session->process.pid == 0) {
		close(pair[0]);
		child(pair[1], target, argv, terminal);
	}
	close(pair[1]);
	if (!failed)
		failed = let_go(session, pair[0], target, err);
	close(pair[0]);
	return failed;
}
