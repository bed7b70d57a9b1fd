#ifndef LIB_CGROUP_H
#define LIB_CGROUP_H

#include <stdbool.h>
#include <stdint.h>

struct cgroup_base;
struct error;
struct process;

/*
 * Control groups, version 2: the kernel's own answer to "all processes of this job".  A
 * group lives at <base>/hooktools/<name>; a process is born inside it (clone3), never moved
 * into it, so no instruction of it runs outside the limits.  A limit that cannot be applied
 * is an error and never ignored.
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

/* 0 everywhere: no limit. */
struct cgroup_limits {
	uint64_t cpu_us; /* per 100,000 us of wall time */
	uint64_t memory_bytes;
	uint64_t pids;
};

/* What the kernel counted; a field it does not count here is 0 and its has_ is false. */
struct cgroup_usage {
	bool has_memory;
	bool has_pids;
	bool oom; /* its own memory limit was hit, and processes were killed for it */
	uint64_t cpu_us;
	uint64_t memory_peak;
	uint64_t pids_peak;
};

/* Make the group, with our pid behind the name if there is one of that name; limits that are asked for and cannot be applied are ERROR_CONFIG, and no
 * group is left behind. */
int cgroup_make(struct cgroup *cgroup, const struct cgroup_base *base, const char *name,
		const struct cgroup_limits *limits, struct error *err);

/* One that is there already, by its path; *found is false when it is gone. */
int cgroup_open(struct cgroup *cgroup, bool *found, const char *path, struct error *err);

/* fork(2) into the group (an empty one: where we are).  In the child process->pid is 0. */
int cgroup_fork(struct process *process, const struct cgroup *cgroup, struct error *err);

/* SIGKILL to all that live in it and below, also to those that fork meanwhile. */
int cgroup_kill(const struct cgroup *cgroup, struct error *err);

/* Send a signal to each process in it. */
int cgroup_signal(const struct cgroup *cgroup, int signal, struct error *err);

/* A descriptor on cgroup.events: poll(2) gives POLLPRI when the group fills or empties. */
int cgroup_watch(int *fd, const struct cgroup *cgroup, struct error *err);
int cgroup_is_populated(bool *populated, const struct cgroup *cgroup, struct error *err);

/* Wait until nobody lives in it; ERROR_TEMPORARY after timeout_ms. */
int cgroup_wait_empty(const struct cgroup *cgroup, int timeout_ms, struct error *err);

void cgroup_usage_read(struct cgroup_usage *usage, const struct cgroup *cgroup);

/* Remove an empty group, and groups that its processes made in it. */
int cgroup_remove(const struct cgroup *cgroup, struct error *err);
void cgroup_close(struct cgroup *cgroup);

#endif
