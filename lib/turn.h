#ifndef LIB_TURN_H
#define LIB_TURN_H

#include "lib/job_group.h"
#include "lib/submit.h"

struct error;
struct job_plan;
struct layout;

/*
 * A new job and its turn: among HOOKTOOLS_JOBS_MAX and among its group it starts at once if
 * there is a place and nobody waits, and else waits in the queue, see job_queue.h.
 */
struct turn {
	struct submission submission;
	struct job_members victims; /* it takes their place, and they are stopped */
	bool rejected;		    /* why turn_store failed: its group is full */
	uint64_t most;		    /* HOOKTOOLS_JOBS_MAX */
	bool is_held;		    /* there is too much pressure: it waits */
};

#define TURN_NONE                                                                        \
	{                                                                                \
		.submission = SUBMISSION_NONE, .victims = JOB_MEMBERS_EMPTY              \
	}
#define auto_turn __attribute__((cleanup(turn_close)))

/* As submit_store.  A job whose group is full and that wants to be rejected then is no job:
 * ERROR_TEMPORARY.  One that is to come after a job that is not there is ERROR_DATA. */
int turn_store(struct turn *turn, const struct layout *layout,
	       const struct submit_what *what, struct error *err);

/* Start it, or let it wait: then its pidfd stays -1.  stdin_fd as for submit_start; a job that
 * has to wait, or whose layout has an environment, reads what was stored. */
int turn_start(struct turn *turn, const struct layout *layout, int stdin_fd,
	       struct error *err);

/* A job that was stored and that nobody has, after a crash: it waits, and all who have to know
 * of it do. */
int turn_resume(const struct job *job, const struct job_plan *plan,
		const struct job_entry *entry, const struct layout *layout,
		struct error *err);
void turn_close(struct turn *turn);

#endif
