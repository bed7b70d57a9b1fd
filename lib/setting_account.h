#ifndef LIB_SETTING_ACCOUNT_H
#define LIB_SETTING_ACCOUNT_H

struct error;
struct job_plan;

/*
 * Whom the plan's user names: fills its uid, gid, groups and account, so that a supervisor
 * need ask nobody.  A user or group that is not there is ERROR_DATA, one that we may not
 * become ERROR_DENIED.  Without a user nothing happens.
 */
int setting_account(struct job_plan *plan, struct error *err);

#endif
