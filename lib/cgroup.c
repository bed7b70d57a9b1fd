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

enum { FILE_LIMIT = 1024 * 1024, MAKE_ROUNDS = 1000, MOVE_ROUNDS = 1000 };

static bool has_word(const char *text, const char *word)
{
	size_t len = strlen(word);
	const char *p;

	for (p = strstr(text, word); p; p = strstr(p + 1, word)) {
		if ((p == text || strchr(" \n", p[-1])) && strchr(" \n", p[len]))
			return true;
	}
	return false;
}

/* The controllers that a file of a group names. */
static unsigned controllers_in(int fd, const char *name)
{
	auto_buf struct buf text = BUF_EMPTY;
	unsigned found = 0;
	int i;

	cgroup_take(&text, fd, name);
	for (i = 0; i < CGROUP_CONTROLLERS; i++) {
		if (has_word(buf_str(&text),
			     cgroup_controller_name((enum cgroup_controller)i)))
			found |= CGROUP_BIT(i);
	}
	return found;
}

/* Hand the controllers of a group down to those in it; which of them those in it have now.
 * One that cannot be had is noticed when a limit needs it. */
static unsigned hand_down(int fd)
{
	unsigned have = controllers_in(fd, "cgroup.controllers");
	unsigned given = controllers_in(fd, "cgroup.subtree_control");
	int i;

	for (i = 0; i < CGROUP_CONTROLLERS; i++) {
		auto_free char *word = str_format(
			"+%s", cgroup_controller_name((enum cgroup_controller)i));

		if ((have & ~given & CGROUP_BIT(i)) &&
		    cgroup_put(fd, "cgroup.subtree_control", word) == 0)
			given |= CGROUP_BIT(i);
	}
	return given;
}

/* Make a folder that may be there, and open it. */
static int enter(int *fd, const char *path, struct error *err)
{
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return error_errno(err, "make cgroup '%s'", path);
	*fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *fd < 0 ? error_errno(err, "open cgroup '%s'", path) : 0;
}

/* A group that has processes hands nothing down: those of the base, which was delegated to
 * us, go to the leaf beside the jobs in which our supervisors are. */
static void clear_base(int base_fd, const struct cgroup_base *base)
{
	auto_free char *path = str_format("%s/hooktools/supervisors", base->path);
	auto_close int fd = -1;
	struct error ignored = { 0 };
	int rounds;

	if (enter(&fd, path, &ignored) < 0)
		return;
	for (rounds = 0; rounds < MOVE_ROUNDS; rounds++) {
		uint64_t pid = cgroup_number(base_fd, "cgroup.procs", "");

		/* 0 is one of another pid namespace, which we cannot name. */
		if (!pid || cgroup_put_u64(fd, "cgroup.procs", pid) < 0)
			return;
	}
}

/* <base>/hooktools, its controllers handed down; *have is what of them reaches it.  Processes
 * are moved out of the way only for what is needed. */
static int make_top(int *fd, unsigned *have, const struct cgroup_base *base,
		    unsigned need, struct error *err)
{
	auto_free char *path = path_join(base->path, "hooktools");
	auto_close int base_fd = -1;
	auto_close int top_fd = -1;

	if (file_open_dir(&base_fd, AT_FDCWD, base->path, err) < 0 ||
	    enter(&top_fd, path, err) < 0)
		return -1;
	*have = hand_down(base_fd);
	if (need & ~*have & controllers_in(base_fd, "cgroup.controllers")) {
		clear_base(base_fd, base);
		*have = hand_down(base_fd);
	}
	*have &= hand_down(top_fd);
	*fd = steal_fd(&top_fd);
	return 0;
}

/* The group of all jobs of an owner, with its roof. */
static int make_owner(char **path, unsigned *have, const struct cgroup_base *base,
		      const struct cgroup_want *want, struct error *err)
{
	unsigned need = cgroup_limits_need(want->limits) | cgroup_limits_need(want->roof);
	auto_free char *owner = str_format("%s/hooktools/%s", base->path, want->owner);
	auto_close int top_fd = -1;
	auto_close int fd = -1;

	if (make_top(&top_fd, have, base, need, err) < 0 || enter(&fd, owner, err) < 0)
		return -1;
	*have &= hand_down(fd);
	if (cgroup_limits_apply(fd, owner, want->roof, *have, err) < 0)
		return -1;
	*path = owner;
	owner = NULL;
	return 0;
}

/* Never one that was used before: it may be frozen, its counters are not ours, or it belongs
 * to a job of another instance that has the same name.  *path stays NULL when the owner's
 * group went meanwhile, with its last job. */
static int make_new(char **path, const char *parent, const char *name, struct error *err)
{
	auto_free char *wanted = path_join(parent, name);
	int failed = mkdir(wanted, 0755);

	if (failed && errno == EEXIST) {
		free(wanted);
		wanted = str_format("%s/%s.%d", parent, name, (int)getpid());
		failed = mkdir(wanted, 0755);
	}
	if (failed && errno == ENOENT)
		return 0;
	if (failed)
		return error_errno(err, "make cgroup '%s'", wanted);
	*path = wanted;
	wanted = NULL;
	return 0;
}

static int apply(const struct cgroup *cgroup, const struct cgroup_want *want,
		 unsigned have, struct error *err)
{
	unsigned limited =
		cgroup_limits_need(want->limits) | cgroup_limits_need(want->roof);

	if (cgroup_limits_apply(cgroup->fd, cgroup->path, want->limits, have, err) < 0)
		return -1;
	/* Half a job is of no use to anybody. */
	if ((limited & have & CGROUP_BIT(CGROUP_MEMORY)) &&
	    cgroup_put(cgroup->fd, "memory.oom.group", "1") < 0)
		return error_errno(err, "memory.oom.group in cgroup '%s'", cgroup->path);
	return 0;
}

int cgroup_make(struct cgroup *cgroup, unsigned *have, const struct cgroup_base *base,
		const struct cgroup_want *want, struct error *err)
{
	auto_cgroup struct cgroup made = CGROUP_NONE;
	struct error ignored = { 0 };
	int rounds;

	for (rounds = 0; !made.path; rounds++) {
		auto_free char *parent = NULL;

		if (make_owner(&parent, have, base, want, err) < 0 ||
		    make_new(&made.path, parent, want->name, err) < 0)
			return -1;
		if (rounds == MAKE_ROUNDS)
			return error_set(err, ERROR_TEMPORARY,
					 "cgroup '%s' goes again and again", parent);
	}
	if (file_open_dir(&made.fd, AT_FDCWD, made.path, err) < 0 ||
	    apply(&made, want, *have, err) < 0) {
		(void)cgroup_remove(&made, &ignored);
		return -1;
	}
	*cgroup = made;
	made = (struct cgroup)CGROUP_NONE;
	return 0;
}

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
