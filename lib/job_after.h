#ifndef LIB_JOB_AFTER_H
#define LIB_JOB_AFTER_H

#include "lib/str.h"
#include "lib/uuid.h"

struct error;
struct job_plan;
struct job_queue;
struct layout;

/*
 * A job may come after others, named as "ID:ok", "ID:failed" or "ID:any".  Who waits for the
 * end of a job leaves a file of its id in .queue/after; the job's supervisor removes it, and
 * the keeper hears of that.
 */
enum job_after_how { JOB_AFTER_OK, JOB_AFTER_FAILED, JOB_AFTER_ANY };

struct job_after {
	char id[UUID_LEN];
	enum job_after_how how;
};

/* "ID" is "ID:ok"; anything else is ERROR_DATA. */
int job_after_parse(struct job_after *after, const char *text, struct error *err);

enum job_after_verdict { JOB_AFTER_OPEN, JOB_AFTER_TRUE, JOB_AFTER_NEVER };

enum { JOB_AFTER_WHY = 128 };

/* Of all that the plan names, the owner's (layout->owner).  why is what it waits for, or why it
 * cannot come true. */
int job_after_judge(enum job_after_verdict *verdict, char why[static JOB_AFTER_WHY],
		    const struct layout *layout, const struct job_plan *plan,
		    struct error *err);

/* From now on the end of each of them is told. */
int job_after_subscribe(const struct job_queue *queue, const struct job_plan *plan,
			struct error *err);

/* The job has ended, or is gone. */
void job_after_tell(const struct job_queue *queue, const char *id);

/* Who came after these has ended: what has ended needs no telling any more. */
void job_after_unsubscribe(const struct job_queue *queue, const struct layout *layout,
			   const struct job_plan *plan);

/* Tell the end of each that has ended untold, because its supervisor died. */
int job_after_sweep(const struct job_queue *queue, const struct layout *layout,
		    struct error *err);

#endif
