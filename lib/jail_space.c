#include "lib/jail_space.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/cgroup.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/jail.h"
#include "lib/process.h"

/*
 * Whoever enters a user or pid namespace cannot come back from it, or does so with its children
 * only: a helper enters, and has its child born as ours (CLONE_PARENT).
 */
struct entry {
	int (*enter)(const struct jail *jail);
	const struct jail *jail;
	const struct cgroup *cgroup;
};

/* What the helper tells. */
struct birth {
	pid_t pid;
	int number; /* the errno of what failed */
};

static const struct {
	int flag;
	const char *name;
} spaces[] = {
	{ CLONE_NEWUSER, "user" }, { CLONE_NEWPID, "pid" }, { CLONE_NEWNS, "mnt" },
	{ CLONE_NEWIPC, "ipc" },   { CLONE_NEWNET, "net" },
};

static int enter_new(const struct jail *jail)
{
	int flags = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC;

	if (jail->maps_users)
		flags |= CLONE_NEWUSER;
	if (jail->level == JAIL_STRICT)
		flags |= CLONE_NEWNET;
	return unshare(flags);
}

static bool is_ours(pid_t pid, const char *name)
{
	char path[64];
	struct stat ours;
	struct stat theirs;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, name);
	if (stat(path, &theirs) < 0)
		return false;
	snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
	return stat(path, &ours) == 0 && ours.st_ino == theirs.st_ino &&
	       ours.st_dev == theirs.st_dev;
}

/* Those that differ: entering the user namespace in which one is already is refused. */
static int enter_init(const struct jail *jail)
{
	int flags = 0;
	size_t i;

	for (i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++) {
		if (!is_ours(jail->init.pid, spaces[i].name))
			flags |= spaces[i].flag;
	}
	return flags ? setns(jail->init.pidfd, flags) : 0;
}

/* In the helper, and, when it returns 0, in its child. */
static void bear(int told_fd, const struct entry *entry)
{
	struct clone_args args = { .flags = CLONE_PARENT };
	struct birth birth = { 0, 0 };

	if (entry->cgroup && entry->cgroup->path) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)entry->cgroup->fd;
	}
	if (entry->enter(entry->jail) == 0) {
		birth.pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
		if (birth.pid == 0)
			return;
	}
	birth.number = birth.pid > 0 ? 0 : errno;
	(void)!write(told_fd, &birth, sizeof(birth));
	_exit(0);
}

static int take_birth(struct process *process, struct process *helper, int told_fd)
{
	struct birth birth = { 0, EPIPE };
	ssize_t got;

	do
		got = read(told_fd, &birth, sizeof(birth));
	while (got < 0 && errno == EINTR);
	while (waitpid(helper->pid, NULL, 0) < 0 && errno == EINTR)
		;
	cleanup_close(&helper->pidfd);
	errno = birth.number;
	if (birth.number)
		return -1;
	/* Our own child, whom nobody else reaps. */
	process->pidfd = (int)syscall(SYS_pidfd_open, birth.pid, 0);
	process->pid = birth.pid;
	return process->pidfd < 0 ? -1 : 0;
}

static int fork_through(struct process *process, const struct entry *entry,
			const char *what, struct error *err)
{
	static const struct cgroup here = CGROUP_NONE;
	struct process helper = PROCESS_NONE;
	auto_close int read_fd = -1;
	auto_close int write_fd = -1;
	int told[2] = { -1, -1 };

	if (pipe2(told, O_CLOEXEC) < 0)
		return error_errno(err, "make a pipe");
	read_fd = told[0];
	write_fd = told[1];
	if (cgroup_fork(&helper, &here, err) < 0)
		return -1;
	if (helper.pid == 0) {
		bear(write_fd, entry);
		process->pid = 0;
		return 0;
	}
	cleanup_close(&write_fd);
	write_fd = -1;
	if (take_birth(process, &helper, read_fd) < 0)
		return error_errno(err, "%s", what);
	return 0;
}

int jail_space_make(struct process *process, const struct jail *jail, struct error *err)
{
	const struct entry entry = { enter_new, jail, NULL };

	return fork_through(process, &entry,
			    jail->maps_users ? "make namespaces (user, pid, mount, ipc)"
					     : "make namespaces (pid, mount, ipc)",
			    err);
}

int jail_space_join(struct process *process, const struct jail *jail,
		    const struct cgroup *cgroup, struct error *err)
{
	const struct entry entry = { enter_init, jail, cgroup };

	return fork_through(process, &entry, "enter the job's namespaces", err);
}
