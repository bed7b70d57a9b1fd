#ifndef BIN_RUNJOB_SHIM_ENVIRONMENT_H
#define BIN_RUNJOB_SHIM_ENVIRONMENT_H

struct error;
struct jail;
struct job;
struct job_plan;
struct job_texts;

/* The job's environment: a clean base of ours, our CONFIG_*, what the plan sets, its secrets (from
 * tokenmint, nowhere else stored), and who it is (HOOKTOOLS_JOB_ID and so on). */
int environment_make(struct job_texts *environment, const struct job *job,
		     const struct job_plan *plan, const struct jail *jail,
		     struct error *err);

/* A later "NAME=value" takes the place of an earlier one. */
void environment_put(struct job_texts *environment, const char *pair);

/* The file "environment" of the job: all but its secrets, NUL-terminated texts. */
int environment_note(const struct job_texts *environment, const struct job *job,
		     const struct job_plan *plan, struct error *err);

/* Overwrite the values and free it. */
void environment_wipe(struct job_texts *environment);

#endif
