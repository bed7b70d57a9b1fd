#ifndef LIB_CGROUP_H
#define LIB_CGROUP_H

#include <stdbool.h>
#include <sys/types.h>

struct cgroup_base;
struct cgroup_limits;
struct error;
struct process;

/*
 * Control groups, version 2: the kernel's own answer to "all processes of this job".  A
 * group lives at <base>/hooktools/<owner>/<name>; a process is born inside it (clone3), never
 * moved into it, so no instruction of it runs outside the limits.
 */
struct cgroup {
	char *path; /* NULL when there is none */
	int fd;
};

#define CGROUP_NONE                                                                      \
	{                                                                                \
		NULL, -1                                                                 \
	}
#define auto_cgroup __attribute__((cleanup(cgroup_close)))

struct cgroup_want {
	const char *owner;
	const char *name;
	const struct cgroup_limits *limits;
	const struct cgroup_limits *roof; /* of all groups of the owner together */
};

/*
 * Make the group, with our pid behind the name if there is one of that name.  *have is the set of
 * controllers that reach it: their limits are applied, and what the others should have limited
 * is the caller's to settle.  A limit that the kernel refuses is ERROR_CONFIG, and no group is
 * left behind.
 */
int cgroup_make(struct cgroup *cgroup, unsigned *have, const struct cgroup_base *base,
		const struct cgroup_want *want, struct error *err);

/* One that is there already, by its path; *found is false when it is gone. */
int cgroup_open(struct cgroup *cgroup, bool *found, const char *path, struct error *err);

/* fork(2) into the group (an empty one: where we are).  In the child process->pid is 0. */
int cgroup_fork(struct process *process, const struct cgroup *cgroup, struct error *err);

/* SIGKILL to all that live in it and below, also to those that fork meanwhile. */
int cgroup_kill(const struct cgroup *cgroup, struct error *err);

/* Nothing in it runs until it is thawed; a frozen group can be killed. */
int cgroup_freeze(const struct cgroup *cgroup, bool frozen, struct error *err);

/* Each process in it that we see, groups below it left out. */
typedef void cgroup_visit(pid_t pid, void *context);
int cgroup_each(const struct cgroup *cgroup, cgroup_visit *visit, void *context,
		struct error *err);

/* Send a signal to each process in it. */
int cgroup_signal(const struct cgroup *cgroup, int signal, struct error *err);

/* A descriptor on cgroup.events: poll(2) gives POLLPRI when the group fills or empties. */
int cgroup_watch(int *fd, const struct cgroup *cgroup, struct error *err);
int cgroup_is_populated(bool *populated, const struct cgroup *cgroup, struct error *err);

/* Wait until nobody lives in it; ERROR_TEMPORARY after timeout_ms. */
int cgroup_wait_empty(const struct cgroup *cgroup, int timeout_ms, struct error *err);

/* Remove an empty group, groups that its processes made in it, and its owner's if it was the
 * last there. */
int cgroup_remove(const struct cgroup *cgroup, struct error *err);
void cgroup_close(struct cgroup *cgroup);

#endif
