#ifndef LIB_JOB_HELD_H
#define LIB_JOB_HELD_H

#include <stdbool.h>

struct buf;
struct job_queue;

/*
 * What the keeper of the queue says while it lets nobody begin because of pressure: the file
 * "pressure" of the queue, "memory 23.45 10.00", of what, how much there was when it looked last,
 * and the limit.
 */
enum { JOB_HELD_LEN = 16 };

struct job_held {
	char what[JOB_HELD_LEN];
	char now[JOB_HELD_LEN]; /* decimal numbers */
	char limit[JOB_HELD_LEN];
};

/* Best effort: nobody begins, whether it is said or not. */
void job_held_say(const struct job_queue *queue, const struct job_held *held);
void job_held_lift(const struct job_queue *queue);

/* False: it is not said. */
bool job_held_read(struct job_held *held, const struct job_queue *queue);

/* The file "error": what ended the keeper; NULL: it works.  Nobody else sees its errors. */
void job_held_fail(const struct job_queue *queue, const char *why);

/* Append what is said there, nothing if nothing is. */
void job_held_failure(struct buf *why, const struct job_queue *queue);

#endif
