#ifndef LIB_JOB_RESULTS_H
#define LIB_JOB_RESULTS_H

struct error;
struct job;
struct job_status;

/*
 * jobs/<owner>/.results: a line for each job of the owner that has ended, its status, in the
 * order of the ends.  When it has grown past 32 MB it becomes .results.old, in place of the
 * one before.
 */
#define JOB_RESULTS ".results"
#define JOB_RESULTS_OLD ".results.old"

/* Add the line of one that ends now.  Its own status.json is written after that: who dies
 * between leaves a job that is brought to its end, and added, again. */
int job_results_add(const struct job *job, const struct job_status *status,
		    struct error *err);

#endif
