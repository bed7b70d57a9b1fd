#ifndef LIB_CGROUP_V1_H
#define LIB_CGROUP_V1_H

#include <sys/types.h>

#include "lib/cgroup_limits.h"

struct buf;
struct cgroup_usage;
struct cgroup_want;
struct error;

/*
 * Control groups of version 1, for limits only, where a controller that version 2 lacks is still
 * mounted.  Each controller has a tree of its own; the groups are called as in version 2, below
 * the group in which we are.  A process is moved into them before it executes anything.
 */
struct cgroup_v1 {
	char *paths[CGROUP_CONTROLLERS]; /* NULL: none */
};

#define CGROUP_V1_NONE                                                                   \
	{                                                                                \
		{                                                                        \
			NULL                                                             \
		}                                                                        \
	}
#define auto_cgroup_v1 __attribute__((cleanup(cgroup_v1_free)))

/* Where groups may be made: the set of controllers, and their folders. */
unsigned cgroup_v1_find(struct cgroup_v1 *base);

/* The groups of these controllers, with their limits and the owner's roof. */
int cgroup_v1_make(struct cgroup_v1 *groups, unsigned controllers,
		   const struct cgroup_v1 *base, const struct cgroup_want *want,
		   struct error *err);
int cgroup_v1_enter(const struct cgroup_v1 *groups, pid_t pid, struct error *err);

/* What the groups counted, put over what version 2 did; oom is the memory's own limit. */
void cgroup_v1_usage(struct cgroup_usage *usage, const struct cgroup_v1 *groups);

/* Their paths, a line each; and back. */
void cgroup_v1_dump(struct buf *out, const struct cgroup_v1 *groups);
void cgroup_v1_take(struct cgroup_v1 *groups, const char *lines);

/* Those that are empty go. */
void cgroup_v1_remove(const struct cgroup_v1 *groups);
void cgroup_v1_free(struct cgroup_v1 *groups);

#endif
