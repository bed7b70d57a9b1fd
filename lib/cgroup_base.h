#ifndef LIB_CGROUP_BASE_H
#define LIB_CGROUP_BASE_H

#include <stdbool.h>

struct error;

/* Where this machine lets us make control groups of version 2, see lib/cgroup.h. */
struct cgroup_base {
	char *path;  /* NULL: this machine gives us no group */
	bool may_v1; /* what version 2 lacks may be taken from version 1 */
};

#define CGROUP_BASE_NONE                                                                 \
	{                                                                                \
		NULL, false                                                              \
	}
#define auto_cgroup_base __attribute__((cleanup(cgroup_base_free)))

/*
 * Find where groups may be made.  setting is HOOKTOOLS_CGROUP: "no" for none, an absolute
 * path for that one.  NULL: the cgroup of the unit runjob-jobs.service if we may put processes
 * there, else the nearest one around us that systemd delegated, else (root) the top of the
 * hierarchy, also of a hybrid one.  Nothing usable is a path of NULL and no failure, but with
 * an absolute path ERROR_CONFIG.
 */
int cgroup_find(struct cgroup_base *base, const char *setting, struct error *err);
void cgroup_base_free(struct cgroup_base *base);

/* Open <base>/hooktools/supervisors, beside the jobs, where their supervisors live: what ends
 * their caller's group then leaves them alone, and the base may hand its controllers down.
 * -1: there is none. */
int cgroup_supervisors(const struct cgroup_base *base);

/* Are we there? */
bool cgroup_is_aside(void);

/* Move ourselves there, best effort.  That may take the kernel 10 ms; to be born there does
 * not. */
void cgroup_step_aside(const struct cgroup_base *base);

#endif
