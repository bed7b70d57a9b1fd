#ifndef LIB_JOB_REMOVE_H
#define LIB_JOB_REMOVE_H

struct error;
struct job;

/* Remove the job's folder with all that is in it.  The file "status.json" goes first: what a
 * crash leaves then is no job any more.  Whoever asks has its lock, which goes last: who stores
 * a job of this id meanwhile comes before us or after us, see job_lock. */
int job_remove(const struct job *job, struct error *err);

#endif
