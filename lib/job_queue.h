#ifndef LIB_JOB_QUEUE_H
#define LIB_JOB_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/job_owner.h"
#include "lib/uuid.h"

struct error;
struct job;
struct job_entry;
struct layout;

/*
 * The jobs that wait for their turn: <state>/jobs/.queue, see hookjobs(5).
 *
 * waiting/ has a symbolic link to the folder of each, its name an entry (job_entry.h).  An
 * entry is no more than a reminder to look at the job: whether it is to be started is told by
 * its status and its lock, so an entry too many does no harm, and one that is missing is put
 * back by `runjob recover`.  waiting/ is there as long as something waits: rmdir(2) is the one
 * question, asked and answered at once, whether nothing does.
 *
 * While something waits one process, runjob-queue, the keeper, has the lock "keeper" and
 * starts supervisors as places fall free.  Whoever makes a job wait, and each job that ends,
 * looks whether it lives, and starts it if need be; so it may be killed at any time.
 */
struct job_queue {
	int fd; /* of the folder */
};

#define JOB_QUEUE_NONE                                                                   \
	{                                                                                \
		-1                                                                       \
	}
#define auto_job_queue __attribute__((cleanup(job_queue_close)))

/* Made if missing. */
int job_queue_open(struct job_queue *queue, const struct layout *layout,
		   struct error *err);
void job_queue_close(struct job_queue *queue);

/* Does anything wait?  Whoever comes now stands behind it. */
bool job_queue_is_busy(const struct job_queue *queue);

/* Make the job wait; nothing happens when it does already.  We must not have its lock. */
int job_queue_enter(const struct job_queue *queue, const struct job_entry *entry,
		    const struct job *job, struct error *err);
bool job_queue_has(const struct job_queue *queue, const struct job_entry *entry);

/* Does the job of this due_ms (of its status) wait?  For who has no more than the job. */
int job_queue_holds(bool *waits, const struct job *job, int64_t due_ms,
		    struct error *err);
void job_queue_leave(const struct job_queue *queue, const struct job_entry *entry);

/* Whose job a link of the queue means; false when it leads to none. */
struct job_place {
	char owner[JOB_OWNER_LEN];
	char id[UUID_LEN];
};

bool job_place_read(struct job_place *place, int dir_fd, const char *link);

/* See to it that a keeper lives; one that has left news unanswered for the length of a lease
 * (10 seconds: it was stopped) is ended, and another one started. */
int job_queue_rouse(const struct job_queue *queue, const struct layout *layout,
		    struct error *err);

/* The keeper: take the lock it was given as descriptor 0, or what is there. */
int job_queue_keep(int *lock_fd, const struct job_queue *queue, struct error *err);

/* The keeper has seen all that there is to see. */
void job_queue_answered(const struct job_queue *queue);

#endif
