#ifndef BIN_RUNJOB_SHIM_RECORD_H
#define BIN_RUNJOB_SHIM_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct config;
struct error;
struct job;
struct job_plan;

/*
 * The job's log, between its standard output and error and the disk: two pipes or one, and a
 * file that never grows past its limit.  A disk that takes nothing stops neither the job nor
 * us: what it did not take is counted, and said in the log once it takes something again.
 */
struct record {
	int job_out; /* the job's ends; -1 once it has them */
	int job_err;
	int out;      /* ours */
	bool is_wide; /* out has more room than a pipe has at first, or may not */
	int err; /* -1: standard error comes by out, in its place between the output */
	int file;
	int index;	/* -1: none is wanted */
	uint64_t limit; /* of the file */
	uint64_t size;	/* of the file */
	uint64_t past;	/* bytes since the file was full but for the last ones' room */
	uint64_t lost;	/* bytes that the disk did not take, in all */
	uint64_t lost_here; /* ... since it was last said */
	uint64_t index_size;
	int failure; /* the errno of the last refusal */
	char *last;  /* a ring of what came last, once the file is full */
	char *chunk; /* room for what is read at once */
};

#define RECORD_NONE                                                                      \
	{                                                                                \
		.job_out = -1, .job_err = -1, .out = -1, .err = -1, .file = -1,          \
		.index = -1                                                              \
	}
#define auto_record __attribute__((cleanup(record_close)))

/* Open the log where it ended, and the pipes.  The limit is the plan's, or HOOKTOOLS_LOG_MAX,
 * or JOB_LOG_MAX. */
int record_open(struct record *record, const struct job *job, const struct job_plan *plan,
		const struct config *config, struct error *err);

/* The job has its ends: close ours of them. */
void record_let_go(struct record *record);

/* Take what came by fd, out or err; false when it has nothing now, or has ended, and then it
 * is closed and -1. */
bool record_take(struct record *record, int *fd);

/* Nobody writes any more: take the rest, without waiting, and write what was kept for the
 * end. */
void record_finish(struct record *record);

/* How many bytes of the output are not in the log. */
uint64_t record_left_out(const struct record *record);
void record_close(struct record *record);

#endif
