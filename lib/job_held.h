#ifndef LIB_JOB_HELD_H
#define LIB_JOB_HELD_H

struct buf;
struct job_queue;

/* What the keeper of the queue says of itself, in the file "error" of the queue: what ended it;
 * NULL: it works.  Nobody else sees its errors. */
void job_held_fail(const struct job_queue *queue, const char *why);

/* Append what is said there, nothing if nothing is. */
void job_held_failure(struct buf *why, const struct job_queue *queue);

#endif
