#ifndef BIN_RUNJOB_LIMIT_H
#define BIN_RUNJOB_LIMIT_H

struct config;
struct error;
struct job_plan;

/* No job may run longer than HOOKTOOLS_MAX_TIME, and no more of those that wait their turn than
 * HOOKTOOLS_JOBS_MAX, which the plan's waits then is, and none of them while there is more pressure
 * than HOOKTOOLS_PRESSURE. */
int limit_apply(struct job_plan *plan, const struct config *config, struct error *err);

/* The sandbox of a job that names none is HOOKTOOLS_SANDBOX. */
int limit_sandbox(struct job_plan *plan, const struct config *config, struct error *err);

#endif
