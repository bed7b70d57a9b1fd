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
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/path.h"
#include "lib/process.h"
#include "lib/str.h"

enum { FILE_LIMIT = 1024 * 1024, CPU_PERIOD_US = 100000 };

/* The kernel wants each value in one write(2). */
static int put(int dir_fd, const char *name, const char *value)
{
	auto_close int fd = openat(dir_fd, name, O_WRONLY | O_CLOEXEC);
	size_t len = strlen(value);

	if (fd < 0)
		return -1;
	return write(fd, value, len) == (ssize_t)len ? 0 : -1;
}

static void take(struct buf *text, int dir_fd, const char *name)
{
	struct error ignored = { 0 };
	bool found = false;

	(void)file_read_if(text, &found, dir_fd, name, FILE_LIMIT, &ignored);
}

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

/* Hand the controllers of a group down to those in it.  One that cannot be had is noticed
 * when a limit needs it. */
static void hand_down(int fd)
{
	static const char *const controllers[] = { "cpu", "memory", "pids", "io" };
	auto_buf struct buf have = BUF_EMPTY;
	auto_buf struct buf given = BUF_EMPTY;
	size_t i;

	take(&have, fd, "cgroup.controllers");
	take(&given, fd, "cgroup.subtree_control");
	for (i = 0; i < 4; i++) {
		auto_free char *word = str_format("+%s", controllers[i]);

		if (has_word(buf_str(&have), controllers[i]) &&
		    !has_word(buf_str(&given), controllers[i]))
			(void)put(fd, "cgroup.subtree_control", word);
	}
}

static int open_dir(int *fd, const char *path)
{
	*fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *fd < 0 ? -1 : 0;
}

/* <base>/hooktools, made if missing, its controllers handed down to the jobs. */
static int make_parent(char **parent, const struct cgroup_base *base, struct error *err)
{
	auto_free char *path = path_join(base->path, "hooktools");
	auto_close int above = -1;
	auto_close int fd = -1;

	if (open_dir(&above, base->path) < 0)
		return error_errno(err, "open cgroup '%s'", base->path);
	hand_down(above);
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return error_errno(err, "make cgroup '%s'", path);
	if (open_dir(&fd, path) < 0)
		return error_errno(err, "open cgroup '%s'", path);
	hand_down(fd);
	*parent = path;
	path = NULL;
	return 0;
}

struct limit {
	const char *file;
	const char *word; /* "memory", for the message */
	char value[48];
};

static int apply(const struct cgroup *cgroup, const struct limit *limit,
		 struct error *err)
{
	if (put(cgroup->fd, limit->file, limit->value) == 0)
		return 0;
	if (errno == ENOENT)
		return error_set(err, ERROR_CONFIG,
				 "%s limit: no %s controller in cgroup '%s'", limit->word,
				 limit->word, cgroup->path);
	(void)error_errno(err, "%s limit '%s' in cgroup '%s'", limit->word, limit->value,
			  cgroup->path);
	err->kind = ERROR_CONFIG;
	return -1;
}

static int apply_limits(const struct cgroup *cgroup, const struct cgroup_limits *limits,
			struct error *err)
{
	struct limit cpu = { "cpu.max", "cpu", "" };
	struct limit memory = { "memory.max", "memory", "" };
	struct limit pids = { "pids.max", "pids", "" };

	snprintf(cpu.value, sizeof(cpu.value), "%llu %d",
		 (unsigned long long)limits->cpu_us, CPU_PERIOD_US);
	snprintf(memory.value, sizeof(memory.value), "%llu",
		 (unsigned long long)limits->memory_bytes);
	snprintf(pids.value, sizeof(pids.value), "%llu",
		 (unsigned long long)limits->pids);
	if (limits->cpu_us && apply(cgroup, &cpu, err) < 0)
		return -1;
	if (limits->pids && apply(cgroup, &pids, err) < 0)
		return -1;
	if (!limits->memory_bytes)
		return 0;
	if (apply(cgroup, &memory, err) < 0)
		return -1;
	/* Swap would hide the limit; a kernel without swap accounting has no such file. */
	if (put(cgroup->fd, "memory.swap.max", "0") < 0 && errno != ENOENT)
		return error_errno(err, "memory.swap.max in cgroup '%s'", cgroup->path);
	if (put(cgroup->fd, "memory.oom.group", "1") < 0)
		return error_errno(err, "memory.oom.group in cgroup '%s'", cgroup->path);
	return 0;
}

/* Never one that was used before: it may be frozen, its counters are not ours, or it belongs
 * to a job of another instance that has the same name. */
static int make_new(char **path, const char *parent, const char *name, struct error *err)
{
	*path = path_join(parent, name);
	if (mkdir(*path, 0755) == 0)
		return 0;
	if (errno == EEXIST) {
		free(*path);
		*path = str_format("%s/%s.%d", parent, name, (int)getpid());
		if (mkdir(*path, 0755) == 0)
			return 0;
	}
	return error_errno(err, "make cgroup '%s'", *path);
}

int cgroup_make(struct cgroup *cgroup, const struct cgroup_base *base, const char *name,
		const struct cgroup_limits *limits, struct error *err)
{
	auto_cgroup struct cgroup made = CGROUP_NONE;
	auto_free char *parent = NULL;
	struct error ignored = { 0 };

	if (make_parent(&parent, base, err) < 0)
		return -1;
	if (make_new(&made.path, parent, name, err) < 0)
		return -1;
	if (file_open_dir(&made.fd, AT_FDCWD, made.path, err) < 0 ||
	    apply_limits(&made, limits, err) < 0) {
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
	if (put(cgroup->fd, "cgroup.kill", "1") < 0)
		return error_errno(err, "kill cgroup '%s'", cgroup->path);
	return 0;
}

int cgroup_signal(const struct cgroup *cgroup, int signal, struct error *err)
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
			(void)kill(pid, signal);
	}
	return 0;
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

/* The number behind "<key> " at a line's beginning; with key "" the first number. */
static uint64_t number_of(int fd, const char *name, const char *key)
{
	auto_buf struct buf text = BUF_EMPTY;
	auto_free char *start = str_format("%s ", key);
	const char *rest;

	take(&text, fd, name);
	if (!*key)
		return str_leading_u64(buf_str(&text));
	for (rest = buf_str(&text); rest && *rest;) {
		if (str_starts(rest, start))
			return str_leading_u64(rest + strlen(start));
		(void)str_split(&rest, '\n');
	}
	return 0;
}

void cgroup_usage_read(struct cgroup_usage *usage, const struct cgroup *cgroup)
{
	memset(usage, 0, sizeof(*usage));
	usage->cpu_us = number_of(cgroup->fd, "cpu.stat", "usage_usec");
	usage->has_memory = faccessat(cgroup->fd, "memory.peak", R_OK, 0) == 0;
	usage->has_pids = faccessat(cgroup->fd, "pids.peak", R_OK, 0) == 0;
	usage->memory_peak = number_of(cgroup->fd, "memory.peak", "");
	usage->pids_peak = number_of(cgroup->fd, "pids.peak", "");
	/* oom_kill alone counts what a limit above us did, too. */
	usage->oom = number_of(cgroup->fd, "memory.events", "oom") > 0 &&
		     number_of(cgroup->fd, "memory.events", "oom_kill") > 0;
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

int cgroup_remove(const struct cgroup *cgroup, struct error *err)
{
	if (!cgroup->path || rmdir(cgroup->path) == 0 || errno == ENOENT)
		return 0;
	if (errno == EBUSY && cgroup->fd >= 0) {
		remove_below(cgroup->fd, 16);
		if (rmdir(cgroup->path) == 0)
			return 0;
	}
	return error_errno(err, "remove cgroup '%s'", cgroup->path);
}

void cgroup_close(struct cgroup *cgroup)
{
	free(cgroup->path);
	cleanup_close(&cgroup->fd);
	*cgroup = (struct cgroup)CGROUP_NONE;
}
