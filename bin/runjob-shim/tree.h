#ifndef BIN_RUNJOB_SHIM_TREE_H
#define BIN_RUNJOB_SHIM_TREE_H

#include <stddef.h>
#include <sys/types.h>

/*
 * The fallback where there is no cgroup: all processes that descend from us.  We are their
 * subreaper (PR_SET_CHILD_SUBREAPER), so one that daemonises still descends from us.
 */

/* All that are there now; how many there were. */
typedef void tree_visit(pid_t pid, void *context);
size_t tree_each(tree_visit *visit, void *context);

/* Send a signal to all that are there now; how many there were. */
size_t tree_signal(int signal);

/* Kill all processes, whosever children, that were started with name=value in their
 * environment. */
void tree_kill_marked(const char *name, const char *value);

#endif
