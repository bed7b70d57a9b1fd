#ifndef BIN_RUNJOB_ATTACH_SESSION_H
#define BIN_RUNJOB_ATTACH_SESSION_H

#include <stdbool.h>

#include "lib/process.h"

struct error;
struct target;

/* A command in the surroundings of a job: with a terminal of its own there, or with our
 * descriptors 0, 1 and 2. */
struct session {
	struct process process;
	int master_fd; /* of the terminal; -1: none */
	int exit_code; /* 126 or 127 when it could not be executed */
};

#define SESSION_NONE                                                                     \
	{                                                                                \
		PROCESS_NONE, -1, 0                                                      \
	}

/* argv ends with NULL; it is executing once this returns.  A command that cannot be executed is
 * an error. */
int session_start(struct session *session, const struct target *target, char **argv,
		  bool terminal, struct error *err);

#endif
