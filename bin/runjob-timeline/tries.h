#ifndef BIN_RUNJOB_TIMELINE_TRIES_H
#define BIN_RUNJOB_TIMELINE_TRIES_H

#include <stddef.h>
#include <stdint.h>

#include "lib/job_status.h"
#include "lib/str.h"

struct error;
struct job;

/* When a job was tried: its file "attempts" has the former ones, its status the last. */
struct
try {
	uint64_t number; /* from 1 */
	enum job_state state;
	int64_t queued_ms;  /* since when it waited for its turn */
	int64_t started_ms; /* 0: it has not begun */
	int64_t ended_ms;   /* 0: not yet, or nobody knows */
	int exit_code;	    /* -1: none */
	int signal;	    /* 0: none */
	char reason[256];
};

struct tries {
	struct try *items;
	size_t count;
};

#define TRIES_EMPTY                                                                      \
	{                                                                                \
		NULL, 0                                                                  \
	}

/* Of a job with that status. */
int tries_read(struct tries *tries, const struct job *job,
	       const struct job_status *status, struct error *err);

/* The former ones, from the text of the file.  A line that a crash has torn is passed over, and
 * of two about the same try the later counts. */
void tries_parse(struct tries *tries, struct str_view text);
void tries_free(struct tries *tries);

#endif
