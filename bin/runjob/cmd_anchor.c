#include "bin/runjob/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/anchor.h"
#include "lib/buf.h"
#include "lib/cgroup_base.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/log.h"

static int catch_signals(int *fd, struct error *err)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return error_errno(err, "block signals");
	*fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return *fd < 0 ? error_errno(err, "make a signal descriptor") : 0;
}

/* The supervisors, our children, as an array of pid_t. */
static void forget(struct buf *children, pid_t pid)
{
	pid_t *all = (pid_t *)(void *)children->data;
	size_t count = children->len / sizeof(*all);
	size_t i;

	for (i = 0; i < count; i++) {
		if (all[i] == pid) {
			all[i] = all[count - 1];
			buf_cut(children, (count - 1) * sizeof(*all));
			return;
		}
	}
}

static void stop_all(const struct buf *children)
{
	const pid_t *all = (const pid_t *)(const void *)children->data;
	size_t count = children->len / sizeof(*all);
	size_t i;

	for (i = 0; i < count; i++)
		(void)kill(all[i], SIGTERM);
}

/* How often we were asked to end. */
static int take_signals(int signal_fd, struct buf *children)
{
	struct signalfd_siginfo info;
	int asked = 0;
	pid_t pid;

	while (read(signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		asked += info.ssi_signo != SIGCHLD;
	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		forget(children, pid);
	return asked;
}

static void take_requests(int listen_fd, struct buf *children,
			  const struct layout *layout)
{
	int fd;

	while ((fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
		auto_close int connection = fd;
		struct error err = { 0 };
		pid_t pid = 0;

		if (anchor_answer(&pid, connection, layout, &err) < 0)
			log_warning("%s, ignoring", err.message);
		if (pid > 0)
			buf_add(children, &pid, sizeof(pid));
	}
}

/* Until we are asked to end, and then until the last supervisor has ended its job; asked
 * twice, at once. */
static int serve(int *listen_fd, int signal_fd, const struct layout *layout,
		 struct error *err)
{
	auto_buf struct buf children = BUF_EMPTY;
	int asked = 0;

	while (asked < 1 || (asked < 2 && children.len)) {
		struct pollfd polled[2] = { { signal_fd, POLLIN, 0 },
					    { *listen_fd, POLLIN, 0 } };
		int now;

		if (poll(polled, 2, -1) < 0 && errno != EINTR)
			return error_errno(err, "wait for requests");
		now = take_signals(signal_fd, &children);
		if (now && !asked) {
			cleanup_close(listen_fd);
			*listen_fd = -1;
			stop_all(&children);
		}
		asked += now;
		if (!asked)
			take_requests(*listen_fd, &children, layout);
	}
	return 0;
}

/* The leaf in which we and the supervisors are: the group itself hands its controllers down, so
 * nobody may be in it. */
static int settle(const struct context *context, struct error *err)
{
	auto_cgroup_base struct cgroup_base base = CGROUP_BASE_NONE;

	if (cgroup_find(&base, config_get(&context->config, "HOOKTOOLS_CGROUP"), err) < 0)
		return -1;
	if (!base.path)
		return error_set(err, ERROR_CONFIG,
				 "no cgroup is ours here: set Delegate=yes in the unit");
	cgroup_step_aside(&base);
	return 0;
}

int cmd_anchor(struct context *context, struct error *err)
{
	auto_close int listen_fd = -1;
	auto_close int signal_fd = -1;

	if (context->options.operand_count)
		return error_set(err, ERROR_USAGE, "anchor takes no operand");
	if (settle(context, err) < 0 || catch_signals(&signal_fd, err) < 0 ||
	    file_make_dirs(context->layout.run, 0700, err) < 0 ||
	    anchor_listen(&listen_fd, &context->layout, err) < 0)
		return -1;
	return serve(&listen_fd, signal_fd, &context->layout, err);
}
