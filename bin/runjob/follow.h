#ifndef BIN_RUNJOB_FOLLOW_H
#define BIN_RUNJOB_FOLLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/job_status.h"

struct error;
struct job;
struct view;

/*
 * Wait for a job's end, and copy its log meanwhile: raw bytes, from any offset, woken by
 * inotify.  Any number may follow at once, from before it begins until after it ended.
 */
struct follow {
	const struct job *job;
	int out_fd;	   /* where the log goes; -1: nowhere */
	int log_fd;	   /* of the log that is copied; -1: not yet */
	unsigned attempt;  /* whose log that is, from 1; 0: of the one that is on */
	int pidfd;	   /* of its supervisor, if that is our child; else -1 */
	int interrupt_fd;  /* readable: come back early; -1: none */
	uint64_t offset;   /* of the next byte of the log */
	struct view *view; /* read the log by its index; NULL: as it is */
	bool interrupted;  /* it came back early; call again to go on */
	struct job_status status;
};

#define FOLLOW_OF(the_job)                                                               \
	{                                                                                \
		.job = (the_job), .out_fd = -1, .log_fd = -1, .pidfd = -1,               \
		.interrupt_fd = -1                                                       \
	}

/* Until the end: status is final and each byte is out.  A job that nobody brings to its end
 * is ERROR_TEMPORARY. */
int follow_job(struct follow *follow, struct error *err);

/* What is in the log now, no waiting. */
int follow_copy(struct follow *follow, struct error *err);

#endif
