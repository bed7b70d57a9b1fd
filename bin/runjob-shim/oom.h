#ifndef BIN_RUNJOB_SHIM_OOM_H
#define BIN_RUNJOB_SHIM_OOM_H

#include <stddef.h>

/* Who was killed for memory, as the kernel's log tells: "name (pid)", and a comma between two,
 * as many as fit.  path is a part of the group's path that is in no other's.  "" when we may not
 * read that log, or it says nothing. */
void oom_killed(char *text, size_t size, const char *path);

#endif
