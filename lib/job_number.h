#ifndef LIB_JOB_NUMBER_H
#define LIB_JOB_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/uuid.h"

struct error;
struct layout;

/*
 * The short name of a job, a number: how many jobs its owner had, at least 1, and behind that the
 * Unix time.  Whoever takes it makes the link <state>/jobs/<owner>/.numbers/<number>, to the
 * job's folder; where that is there already, the next one is tried.  So no two are the same.
 */

/* For the job of this id, which need not be there yet. */
int job_number_take(uint64_t *number, const struct layout *layout, const char *id,
		    struct error *err);

/* Whose it is. */
int job_number_find(char id[static UUID_LEN], bool *found, const struct layout *layout,
		    uint64_t number, struct error *err);

struct job;

/* The job's own number, 0 for none: the file "number" in its folder. */
uint64_t job_number_read(const struct job *job);

/* The job goes: its link does, too. */
void job_number_forget(const struct job *job);

/* Give it back: the job will never be, or is there no more. */
void job_number_drop(const struct layout *layout, uint64_t number);

#endif
