#include "lib/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/cgroup.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/jail_filter.h"
#include "lib/jail_paths.h"
#include "lib/jail_space.h"
#include "lib/jail_view.h"
#include "lib/job_plan.h"
#include "lib/str.h"

enum { NOBODY = 65534 };

static const struct {
	enum jail_part part;
	const char *name;
} parts[] = {
	{ JAIL_SPACES, "namespaces" },
	{ JAIL_PROC, "proc" },
	{ JAIL_LANDLOCK, "landlock" },
	{ JAIL_SECCOMP, "seccomp" },
};

/* What init tells once it has made what the job sees, or could not. */
struct report {
	unsigned lacks;
	struct error err;
};

void jail_lacks(char *text, size_t size, const struct jail *jail)
{
	size_t i;
	int used = 0;

	*text = '\0';
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]) && used < (int)size; i++) {
		if (jail->lacks & parts[i].part)
			used += snprintf(text + used, size - (size_t)used, "%s%s",
					 used ? "," : "", parts[i].name);
	}
}

/* Are we root with its rights, or in a container that took them? */
static bool may_administer(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = { { 0, 0, 0 }, { 0, 0, 0 } };

	return syscall(SYS_capget, &header, data) == 0 &&
	       (data[0].effective & (1U << CAP_SYS_ADMIN));
}

/* Landlock is taken where it is; all else must be there. */
static int look_at_kernel(struct jail *jail, struct error *err)
{
	if (jail->level != JAIL_STRICT)
		return 0;
	if (syscall(SYS_landlock_create_ruleset, NULL, 0,
		    LANDLOCK_CREATE_RULESET_VERSION) < 1)
		jail->lacks |= JAIL_LANDLOCK;
	if (jail_filter_works())
		return 0;
	jail->lacks |= JAIL_SECCOMP;
	if (jail->relaxed)
		return 0;
	return error_set(err, ERROR_CONFIG, "this kernel filters no system calls");
}

/* Whoever is not named is nobody. */
static int choose_user(struct jail *jail, const struct job_plan *plan, struct error *err)
{
	if (jail_user_read(&jail->user, plan, err) < 0)
		return -1;
	if (jail->level != JAIL_STRICT || jail->maps_users)
		return 0;
	if (!jail->user.is_other)
		jail->user = (struct jail_user){ true, NOBODY, NOBODY, NULL, 0 };
	if (jail->user.uid == 0)
		return error_set(err, ERROR_CONFIG, "no job runs as root in it");
	return 0;
}

static int refuse(const struct jail *jail, struct error *err)
{
	err->kind = ERROR_CONFIG;
	return error_wrap(err, "sandbox '%s'", jail_level_name(jail->level));
}

int jail_read(struct jail *jail, const struct job_plan *plan, const struct layout *layout,
	      struct error *err)
{
	auto_jail struct jail made = JAIL_EMPTY;

	if (plan->sandbox && !jail_find(&made.level, &made.relaxed, plan->sandbox))
		return error_set(err, ERROR_CONFIG, "'%s' is no sandbox", plan->sandbox);
	made.program = plan->exec.items[0];
	made.maps_users = made.level != JAIL_NONE && !may_administer();
	if (choose_user(&made, plan, err) < 0 || look_at_kernel(&made, err) < 0 ||
	    (made.level != JAIL_NONE && jail_paths_find(&made, plan, layout, err) < 0))
		return refuse(&made, err);
	*jail = made;
	made = (struct jail)JAIL_EMPTY;
	return 0;
}

static int put_text(const char *path, const char *text)
{
	auto_close int fd = open(path, O_WRONLY | O_CLOEXEC);
	size_t len = strlen(text);

	return fd >= 0 && write(fd, text, len) == (ssize_t)len ? 0 : -1;
}

/* We are ourselves in it, or, in a strict one, nobody. */
static int map_users(const struct jail *jail, uid_t uid, gid_t gid, struct error *err)
{
	bool strict = jail->level == JAIL_STRICT;
	auto_free char *users =
		str_format("%u %u 1", strict ? NOBODY : (unsigned)uid, (unsigned)uid);
	auto_free char *groups =
		str_format("%u %u 1", strict ? NOBODY : (unsigned)gid, (unsigned)gid);

	if (put_text("/proc/self/setgroups", "deny") < 0 ||
	    put_text("/proc/self/uid_map", users) < 0 ||
	    put_text("/proc/self/gid_map", groups) < 0)
		return error_errno(err, "map users into its namespace");
	return 0;
}

/* All that init is from now on: it knows no secret, has no file, and waits. */
static void live_as_init(int life_fd)
{
	char byte;
	ssize_t got;

	(void)prctl(PR_SET_NAME, "runjob-init");
	if (chdir("/") < 0 || dup2(life_fd, 0) < 0 || close_range(1, ~0U, 0) < 0)
		_exit(1);
	/* Whoever is left to us is reaped by the kernel at once. */
	(void)signal(SIGCHLD, SIG_IGN);
	do
		got = read(0, &byte, 1);
	while (got < 0 && errno == EINTR);
	/* A byte: the job has ended, and those it left have their grace.  The end without one: our
	 * supervisor is dead, and nobody would stop them. */
	while (got == 1 && (wait(NULL) >= 0 || errno == EINTR))
		;
	_exit(0);
}

struct parent {
	uid_t uid;
	gid_t gid;
	int report_fd;
	int life_fd;
};

static void init(struct jail *jail, const struct parent *parent)
{
	struct report report = { 0, { ERROR_NONE, "" } };

	(void)umask(0);
	if (jail->maps_users)
		(void)map_users(jail, parent->uid, parent->gid, &report.err);
	if (report.err.kind == ERROR_NONE)
		(void)jail_view_make(jail, &report.err);
	report.lacks = jail->lacks;
	(void)!write(parent->report_fd, &report, sizeof(report));
	if (report.err.kind != ERROR_NONE)
		_exit(1);
	live_as_init(parent->life_fd);
}

static int take_report(struct jail *jail, int report_fd, struct error *err)
{
	struct report report = { 0, { ERROR_NONE, "" } };
	ssize_t got;

	do
		got = read(report_fd, &report, sizeof(report));
	while (got < 0 && errno == EINTR);
	if (got != (ssize_t)sizeof(report))
		return error_set(err, ERROR_SYSTEM, "its init died");
	jail->lacks = report.lacks;
	if (report.err.kind == ERROR_NONE)
		return 0;
	*err = report.err;
	return -1;
}

static int start(struct jail *jail, const int report[2], const int life[2],
		 struct error *err)
{
	struct parent parent = { geteuid(), getegid(), report[1], life[0] };

	if (jail_space_make(&jail->init, jail, err) < 0) {
		if (!jail->relaxed)
			return -1;
		jail->lacks |= JAIL_SPACES;
		return 0;
	}
	if (jail->init.pid == 0) {
		close(life[1]);
		init(jail, &parent);
	}
	return 0;
}

int jail_start(struct jail *jail, struct error *err)
{
	int report[2] = { -1, -1 };
	int life[2] = { -1, -1 };
	int failed = -1;

	if (jail->level == JAIL_NONE)
		return 0;
	if (pipe2(report, O_CLOEXEC) < 0 || pipe2(life, O_CLOEXEC) < 0)
		(void)error_errno(err, "make pipes");
	else
		failed = start(jail, report, life, err);
	cleanup_close(&report[1]);
	cleanup_close(&life[0]);
	jail->life_fd = life[1];
	if (!failed && jail->init.pid)
		failed = take_report(jail, report[0], err);
	cleanup_close(&report[0]);
	return failed ? refuse(jail, err) : 0;
}

void jail_join(struct jail *jail, pid_t pid, int pidfd)
{
	jail->joined = true;
	jail->init = (struct process){ pid, pidfd };
}

int jail_fork(struct process *process, const struct jail *jail,
	      const struct cgroup *cgroup, struct error *err)
{
	if (jail->init.pid)
		return jail_space_join(process, jail, cgroup, err);
	return cgroup_fork(process, cgroup, err);
}

void jail_release(struct jail *jail)
{
	if (jail->life_fd >= 0)
		(void)!write(jail->life_fd, "", 1);
	cleanup_close(&jail->life_fd);
	jail->life_fd = -1;
}

/* The first process of a namespace ends only when all others in it are reaped, and those are
 * our children, too. */
static void await_end(pid_t init)
{
	pid_t pid;

	do
		pid = waitpid(-1, NULL, 0);
	while (pid != init && (pid > 0 || errno == EINTR));
}

void jail_close(struct jail *jail)
{
	if (jail->init.pid > 0 && !jail->joined) {
		/* By the descriptor: somebody may have reaped it before us. */
		(void)syscall(SYS_pidfd_send_signal, jail->init.pidfd, SIGKILL, NULL, 0);
		await_end(jail->init.pid);
	}
	cleanup_close(&jail->init.pidfd);
	cleanup_close(&jail->life_fd);
	jail_paths_free(jail);
	jail_user_free(&jail->user);
	*jail = (struct jail)JAIL_EMPTY;
}
