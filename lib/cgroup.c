#include "lib/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cgroup_base.h"
#include "lib/cgroup_file.h"
#include "lib/cgroup_limits.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/path.h"
#include "lib/process.h"
#include "lib/str.h"

enum { FILE_LIMIT = 1024 * 1024 };

int cgroup_open(struct cgroup *cgroup, bool *found, const char *path, struct error *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	*found = fd >= 0;
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return error_errno(err, "open cgroup '%s'", path);
	cgroup->path = str_dup(path);
	cgroup->fd = fd;
	return 0;
}

int cgroup_fork(struct process *process, const struct cgroup *cgroup, struct error *err)
{
	int pidfd = -1;
	struct clone_args args = { .flags = CLONE_PIDFD,
				   .pidfd = (uint64_t)(uintptr_t)&pidfd,
				   .exit_signal = SIGCHLD };
	long pid;

	if (cgroup->path) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)cgroup->fd;
	}
	/* glibc has no wrapper; in the child only what may follow a fork is safe. */
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (pid < 0)
		return error_errno(err, "clone into cgroup '%s'",
				   cgroup->path ? cgroup->path : "(ours)");
	process->pid = (pid_t)pid;
	process->pidfd = pid ? pidfd : -1;
	return 0;
}

int cgroup_kill(const struct cgroup *cgroup, struct error *err)
{
	if (cgroup_put(cgroup->fd, "cgroup.kill", "1") < 0)
		return error_errno(err, "kill cgroup '%s'", cgroup->path);
	return 0;
}

int cgroup_freeze(const struct cgroup *cgroup, bool frozen, struct error *err)
{
	if (cgroup_put(cgroup->fd, "cgroup.freeze", frozen ? "1" : "0") < 0)
		return error_errno(err, "%s cgroup '%s'", frozen ? "freeze" : "thaw",
				   cgroup->path);
	return 0;
}

int cgroup_each(const struct cgroup *cgroup, cgroup_visit *visit, void *context,
		struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;
	const char *rest;

	if (file_read(&text, cgroup->fd, "cgroup.procs", FILE_LIMIT, err) < 0)
		return error_wrap(err, "cgroup '%s'", cgroup->path);
	for (rest = buf_str(&text); rest && *rest;) {
		struct str_view line = str_split(&rest, '\n');
		pid_t pid = (pid_t)str_leading_u64(line.data);

		/* 0 would be our own group: a process of another pid namespace reads as 0. */
		if (pid > 0)
			visit(pid, context);
	}
	return 0;
}

static void send_to(pid_t pid, void *signal)
{
	(void)kill(pid, *(const int *)signal);
}

int cgroup_signal(const struct cgroup *cgroup, int signal, struct error *err)
{
	return cgroup_each(cgroup, send_to, &signal, err);
}

int cgroup_watch(int *fd, const struct cgroup *cgroup, struct error *err)
{
	*fd = openat(cgroup->fd, "cgroup.events", O_RDONLY | O_CLOEXEC);
	if (*fd < 0)
		return error_errno(err, "watch cgroup '%s'", cgroup->path);
	return 0;
}

int cgroup_is_populated(bool *populated, const struct cgroup *cgroup, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;

	if (file_read(&text, cgroup->fd, "cgroup.events", FILE_LIMIT, err) < 0)
		return error_wrap(err, "cgroup '%s'", cgroup->path);
	*populated = strstr(buf_str(&text), "populated 0") == NULL;
	return 0;
}

int cgroup_wait_empty(const struct cgroup *cgroup, int timeout_ms, struct error *err)
{
	int64_t deadline = date_now_ms() + timeout_ms;
	auto_close int fd = -1;
	bool populated = true;

	if (cgroup_watch(&fd, cgroup, err) < 0)
		return -1;
	for (;;) {
		struct pollfd polled = { fd, POLLPRI, 0 };
		char text[128];
		int64_t left = deadline - date_now_ms();

		/* Reading arms the next POLLPRI. */
		if (pread(fd, text, sizeof(text), 0) < 0)
			return error_errno(err, "read cgroup '%s'", cgroup->path);
		if (cgroup_is_populated(&populated, cgroup, err) < 0)
			return -1;
		if (!populated)
			return 0;
		if (left <= 0)
			return error_set(err, ERROR_TEMPORARY,
					 "cgroup '%s' is not empty after %d ms",
					 cgroup->path, timeout_ms);
		(void)poll(&polled, 1, (int)left);
	}
}

static void remove_below(int fd, int levels)
{
	auto_close int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *entry;

	if (!dir)
		return;
	(void)steal_fd(&copy);
	while (levels > 0 && (entry = readdir(dir))) {
		auto_close int below = -1;

		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		below = openat(fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (below >= 0)
			remove_below(below, levels - 1);
		(void)unlinkat(fd, entry->d_name, AT_REMOVEDIR);
	}
	closedir(dir);
}

/* Goes with its last job; until then it is busy. */
static void remove_owner(const char *path)
{
	auto_free char *parent =
		str_format("%.*s", (int)(strrchr(path, '/') - path), path);

	(void)rmdir(parent);
}

int cgroup_remove(const struct cgroup *cgroup, struct error *err)
{
	int failed;

	if (!cgroup->path)
		return 0;
	failed = rmdir(cgroup->path);
	if (failed && errno == EBUSY && cgroup->fd >= 0) {
		remove_below(cgroup->fd, 16);
		failed = rmdir(cgroup->path);
	}
	if (failed && errno != ENOENT)
		return error_errno(err, "remove cgroup '%s'", cgroup->path);
	remove_owner(cgroup->path);
	return 0;
}

void cgroup_close(struct cgroup *cgroup)
{
	free(cgroup->path);
	cleanup_close(&cgroup->fd);
	*cgroup = (struct cgroup)CGROUP_NONE;
}
