#ifndef LIB_PROCESS_CLONE_H
#define LIB_PROCESS_CLONE_H

#include <sys/types.h>

struct process_start;

/* Inside of lib/process.c: what posix_spawn(3) cannot do here. */

/* Start it inside of the cgroup (clone3(2), CLONE_INTO_CGROUP).  0, or the errno of what failed,
 * also in the child; then there is no child.  argv[0] is a path. */
int process_clone(pid_t *pid, const struct process_start *start);

#endif
