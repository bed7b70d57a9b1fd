#ifndef LIB_JOB_SLOT_H
#define LIB_JOB_SLOT_H

#include <stdint.h>

struct error;
struct job_entry;
struct job_queue;

/*
 * So that a thousand events do not run a thousand jobs at once: a job that runs has a place
 * among HOOKTOOLS_JOBS_MAX and one among its group's, bytes of the file "slots" that its
 * supervisor has locked (open file description locks).  The kernel gives a dead holder's
 * places away, so none leaks, and tells whoever watches the file that it was closed.
 */
enum job_slot { JOB_SLOT_TAKEN, JOB_SLOT_GROUP_FULL, JOB_SLOT_ALL_FULL };

enum { JOB_SLOTS_LEAST = 4, JOB_SLOTS_MOST = 10000 };

/* HOOKTOOLS_JOBS_MAX if it is not said: two for each CPU, at least 4. */
uint64_t job_slot_default(void);

/* A descriptor that can hold the places of one job; closing it gives them up. */
int job_slot_open(int *fd, const struct job_queue *queue, struct error *err);

/* All that the job needs, or nothing; most: HOOKTOOLS_JOBS_MAX. */
int job_slot_take(enum job_slot *result, int fd, const struct job_entry *entry,
		  uint64_t most, struct error *err);

/* Give them up before the descriptor is closed: whoever hears of that finds them free. */
void job_slot_give(int fd);

#endif
