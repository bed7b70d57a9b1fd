#ifndef BIN_RUNJOB_SHIM_RUN_TOKEN_H
#define BIN_RUNJOB_SHIM_RUN_TOKEN_H

#include <stdbool.h>

struct buf;
struct error;
struct job;
struct job_plan;
struct job_texts;

/* A secret of the name "run-token:ROLE": an API key of ours that is made for the job and ends with
 * it, by `tokenmint run-token`. */
bool run_token_is_named(const char *secret);

/* A job that runs in somebody's name is not an admin: ERROR_DENIED. */
int run_token_issue(struct buf *value, const char *secret, const struct job *job,
		    const struct job_texts *readers, struct error *err);

/* The job has ended, if it ever began.  What cannot be removed now `tokenmint prune` finds. */
void run_token_end(const struct job_plan *plan, const struct job *job);

#endif
