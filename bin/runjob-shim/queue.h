#ifndef BIN_RUNJOB_SHIM_QUEUE_H
#define BIN_RUNJOB_SHIM_QUEUE_H

#include <stdbool.h>

struct error;
struct supervisor;

/*
 * The supervisor's part of the queue, see lib/job_queue.h.  It is given its places by whoever
 * starts it; one without them has its job wait, and goes.
 */
enum queue_turn { QUEUE_GO, QUEUE_WAIT, QUEUE_SKIP };

/* Is it the job's turn?  QUEUE_SKIP: it never will be, and the status says why.  QUEUE_WAIT: it
 * stands in the queue, and we are to end. */
int queue_turn(enum queue_turn *turn, struct supervisor *supervisor, struct error *err);

/* The job has begun: its entry has done its work. */
void queue_begun(const struct supervisor *supervisor);

/* It is to be tried again: wait for that, without our places. */
int queue_again(struct supervisor *supervisor, struct error *err);

/* It has ended: leave the group, tell those that come after it, give up the places, and see to
 * it that whoever waits is started. */
void queue_over(struct supervisor *supervisor);

#endif
