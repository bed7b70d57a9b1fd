#ifndef LIB_JAIL_H
#define LIB_JAIL_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/jail_user.h"
#include "lib/process.h"

struct cgroup;
struct error;
struct job_plan;
struct layout;

/*
 * The sandbox of a job, as runjob(1) describes it (lib/sandbox is what a program of ours gives
 * up itself).  Its namespaces are held by a tiny init, which mounts what the job sees, reaps what
 * is left to it, and ends all that is in them when it ends; the job's first process is born
 * beside it, as our own child, so that its pid and its end are as they are without.
 */
enum jail_level { JAIL_NONE, JAIL_DEFAULT, JAIL_STRICT };

/* What a machine may lack. */
enum jail_part {
	JAIL_SPACES = 1,
	JAIL_PROC = 2,
	JAIL_LANDLOCK = 4,
	JAIL_SECCOMP = 8,
};

struct jail_path {
	char *path;
	enum jail_kind {
		JAIL_WRITABLE,
		JAIL_SCRATCH, /* empty, of its own, gone with the job */
		JAIL_HIDDEN,
		JAIL_DEVICES,
	} kind;
	int tree_fd;
};

struct jail {
	enum jail_level level;
	bool relaxed;	 /* does without what the machine lacks */
	bool maps_users; /* by a user namespace: we have no rights of our own */
	unsigned lacks;	 /* parts that it does without */
	struct jail_user user;
	const char *program;	 /* what shall be executed; the plan's */
	struct jail_path *paths; /* the shortest first */
	size_t count;
	struct process init;
	bool joined; /* init is not ours: a job lives in it */
	int life_fd; /* while it is open, init lives */
};

#define JAIL_EMPTY                                                                       \
	{                                                                                \
		.user = JAIL_USER_NONE, .init = PROCESS_NONE, .life_fd = -1              \
	}
#define auto_jail __attribute__((cleanup(jail_close)))

/* "none", "default", "strict", the latter two also with ",best-effort". */
bool jail_find(enum jail_level *level, bool *relaxed, const char *text);
const char *jail_level_name(enum jail_level level);

/* The names of what it lacks, as "proc,landlock", or "". */
void jail_lacks(char *text, size_t size, const struct jail *jail);

/* What the plan asks for on this machine; nothing is made yet.  plan must outlive jail. */
int jail_read(struct jail *jail, const struct job_plan *plan, const struct layout *layout,
	      struct error *err);

/* Make the namespaces and their init; ERROR_CONFIG names the step that the machine refuses. */
int jail_start(struct jail *jail, struct error *err);

/* Instead of jail_start: the namespaces in which a process lives, which pidfd, ours from now on,
 * is a descriptor of. */
void jail_join(struct jail *jail, pid_t pid, int pidfd);

/* fork(2) into them and into the cgroup (an empty one: where we are); without namespaces no more
 * than that.  In the child process->pid is 0. */
int jail_fork(struct process *process, const struct jail *jail,
	      const struct cgroup *cgroup, struct error *err);

/* In that child, for good: become the user, and give up what the sandbox forbids.  Programs are
 * found in the folders of path_variable, a PATH (may be NULL). */
int jail_confine(const struct jail *jail, const char *path_variable, struct error *err);

/* The job's first process has ended: init ends when nobody is left. */
void jail_release(struct jail *jail);

/* End init, and with it whoever is left. */
void jail_close(struct jail *jail);

#endif
