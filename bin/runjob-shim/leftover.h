#ifndef BIN_RUNJOB_SHIM_LEFTOVER_H
#define BIN_RUNJOB_SHIM_LEFTOVER_H

#include <sys/types.h>

struct config;
struct job;

/* A supervisor may die when it has made groups for its job and has not written down where: then
 * they are empty, and where this one, former, would have made them. */
void leftover_remove(const struct job *job, const struct config *config, pid_t former);

#endif
