#ifndef BIN_RUNJOB_REPORT_JOB_H
#define BIN_RUNJOB_REPORT_JOB_H

#include <stdbool.h>

#include "lib/str.h"

struct error;

/* What an event of hookjobs(5) tells of a job that is to be reported.  Strings may be NULL where
 * the event has none, but for those of the first block. */
struct job {
	bool is_completed; /* else it has started */
	char *id;	   /* a uuid */
	char *state;
	char *repository; /* "acme/site" */
	char *head_sha;
	char *check_name;

	char *details_url;
	char *exit_code; /* a number as text */
	char *signal;
	char *reason;
	char *started_at;
	char *finished_at;
	char *node;
	char *log;
};

#define JOB_EMPTY                                                                        \
	{                                                                                \
		.is_completed = false                                                    \
	}
#define auto_job __attribute__((cleanup(job_free)))

void job_free(struct job *job);

/* *wanted = false when the event is another or asks for no report; ERROR_DATA when it is
 * malformed. */
int job_read(struct job *job, bool *wanted, struct str_view line, struct error *err);

#endif
