#ifndef LIB_SETTING_LIMIT_H
#define LIB_SETTING_LIMIT_H

struct config;
struct error;
struct job_plan;

/*
 * A plan of which all is said, when its job is asked for: what the machine makes of it.  Its user
 * becomes numbers (setting_account.h), its sandbox, where it names none, HOOKTOOLS_SANDBOX; no
 * timeout and no grace is longer than HOOKTOOLS_MAX_TIME, and no more of those that wait their
 * turn run than HOOKTOOLS_JOBS_MAX, which the plan's waits then is, and none of them while there is
 * more pressure than HOOKTOOLS_PRESSURE.
 */
int setting_complete(struct job_plan *plan, const struct config *config,
		     struct error *err);

/* The same for one that was completed before: what the machine makes of it now. */
int setting_again(struct job_plan *plan, const struct config *config, struct error *err);

#endif
