#ifndef BIN_RUNJOB_PIPELINE_RUN_H
#define BIN_RUNJOB_PIPELINE_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/pipeline.h"
#include "lib/process.h"
#include "lib/uuid.h"

struct error;

/* A run: the tasks, the job of each, and the `runjob wait` that tells its end. */
struct run_task {
	char job[UUID_LEN];
	struct process waiter;
};

struct run {
	const char *id;	   /* our own job's: those of the tasks follow from it */
	const char *owner; /* whose it and they are; NULL: the user's */
	struct pipeline pipeline;
	struct run_task *tasks;
	int signal_fd;
	bool stopping;
};

/* Until each task has ended; *failed tells whether one did not end well.  SIGTERM stops
 * all of them first. */
int run_pipeline(bool *failed, struct run *run, struct error *err);

#endif
