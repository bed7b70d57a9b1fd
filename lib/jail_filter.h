#ifndef LIB_JAIL_FILTER_H
#define LIB_JAIL_FILTER_H

#include <stdbool.h>

struct error;

/* A filter of system calls, seccomp(2): those that open ways out of a sandbox, or into the
 * kernel, fail with EPERM; clone3 with ENOSYS, for its flags cannot be seen.  Wants
 * no_new_privs. */
int jail_filter_enter(struct error *err);

/* Is there one for this kernel and processor? */
bool jail_filter_works(void);

#endif
