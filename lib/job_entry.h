#ifndef LIB_JOB_ENTRY_H
#define LIB_JOB_ENTRY_H

#include <stdbool.h>
#include <stdint.h>

struct job_plan;

/*
 * What the queue has to know of a job that waits, without its folder: the name of its entry,
 * <order>-<due>-<flags>-<parallel>-<group>, of fixed length, so that names sort by order.
 */
struct job_entry {
	uint64_t order_us; /* when it was asked for */
	uint64_t due_ms;   /* unix time before which it is not its turn; 0: none */
	uint64_t group;	   /* its group's number; 0: no group */
	uint32_t parallel; /* how many of the group may run at once */
	bool takes_slot;   /* counts among HOOKTOOLS_JOBS_MAX */
	bool comes_after;  /* waits for other jobs to end */
};

#define JOB_ENTRY_LEN 56 /* 55 characters and the NUL */

enum { JOB_PARALLEL_MAX = 10000 };

/* due_ms is the status's, all else the plan's. */
void job_entry_of(struct job_entry *entry, const struct job_plan *plan, int64_t due_ms);

/* Does it take its turn at all?  One that does not runs at once. */
bool job_entry_waits(const struct job_entry *entry);

void job_entry_name(char name[static JOB_ENTRY_LEN], const struct job_entry *entry);

/* False when it is no name of an entry. */
bool job_entry_parse(struct job_entry *entry, const char *name);

/* The number of a group: 42 bits of a hash of its name.  Two groups of one number, which is one
 * chance in 10^7 among a thousand groups, share their limit and nothing else. */
uint64_t job_entry_group(const char *name);

#endif
