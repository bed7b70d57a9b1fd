#ifndef BIN_RUNJOB_QUEUE_KEEPER_H
#define BIN_RUNJOB_QUEUE_KEEPER_H

#include <stdbool.h>
#include <stdint.h>

#include "bin/runjob-queue/gate.h"
#include "bin/runjob-queue/waiting.h"
#include "lib/job_queue.h"
#include "lib/layout.h"

struct error;

/* The one process that starts what waits; see job_queue.h. */
struct keeper {
	struct layout layout;
	struct job_queue queue;
	struct waiting waiting;
	struct gate gate;
	uint64_t most; /* HOOKTOOLS_JOBS_MAX */
	int lock_fd;   /* -1: somebody else keeps the queue */
	int slot_fd;   /* for the next one; -1: none yet */
	int inotify_fd;
	bool is_full; /* somebody could not be started for want of a place */
	bool is_held; /* or for pressure */
	bool has_started;
};

#define KEEPER_NONE                                                                      \
	{                                                                                \
		.layout = LAYOUT_EMPTY, .queue = JOB_QUEUE_NONE,                         \
		.waiting = WAITING_EMPTY, .gate = GATE_NONE, .lock_fd = -1,              \
		.slot_fd = -1, .inotify_fd = -1                                          \
	}
#define auto_keeper __attribute__((cleanup(keeper_close)))

/* Takes over the lock as descriptor 0, if that is what it is. */
int keeper_open(struct keeper *keeper, struct error *err);
void keeper_close(struct keeper *keeper);

/* Start what waits, as places fall free, until nothing waits any more. */
int keeper_run(struct keeper *keeper, struct error *err);

#endif
