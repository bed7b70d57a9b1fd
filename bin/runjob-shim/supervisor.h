#ifndef BIN_RUNJOB_SHIM_SUPERVISOR_H
#define BIN_RUNJOB_SHIM_SUPERVISOR_H

#include <sys/types.h>

#include "lib/config.h"
#include "lib/job.h"
#include "lib/job_plan.h"
#include "lib/job_status.h"
#include "lib/layout.h"

struct error;

/* One job and the one process that looks after it. */
struct supervisor {
	struct layout layout;
	struct config config;
	struct job job;
	struct job_plan plan;
	struct job_status status;
	int64_t due_ms; /* before which it was not to begin; its entry in the queue has it */
	pid_t former; /* who looked after it before us, and died of it; 0: nobody */
	int lock_fd;  /* of the job, taken by whoever started us */
	int stdin_fd;
	int slot_fd; /* its places, lib/job_slot.h; -1: none */
	int signal_fd;
};

#define SUPERVISOR_NONE                                                                  \
	{                                                                                \
		.layout = LAYOUT_EMPTY, .config = CONFIG_EMPTY, .job = JOB_NONE,         \
		.plan = JOB_PLAN_EMPTY, .lock_fd = -1, .stdin_fd = -1, .slot_fd = -1,    \
		.signal_fd = -1                                                          \
	}
#define auto_supervisor __attribute__((cleanup(supervisor_close)))

/*
 * Open the owner's job.  Descriptors 0 and 1 are taken over: the lock, and what the job reads as its
 * stdin; after that we have no other open file of our caller's.
 */
int supervisor_open(struct supervisor *supervisor, const char *id, const char *owner,
		    struct error *err);
void supervisor_close(struct supervisor *supervisor);

/* Bring the job to its end, from wherever it is: one that waits is run, one that had begun
 * under a supervisor that died is lost, and a result that was not published is. */
int supervise(struct supervisor *supervisor, struct error *err);

#endif
