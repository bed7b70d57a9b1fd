#ifndef LIB_JAIL_USER_H
#define LIB_JAIL_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct error;
struct job_plan;

/* As whom a job's processes run, taken apart before the first of them is forked. */
struct jail_user {
	bool is_other; /* than we are */
	uid_t uid;
	gid_t gid;
	gid_t *groups;
	size_t count;
};

#define JAIL_USER_NONE                                                                   \
	{                                                                                \
		false, 0, 0, NULL, 0                                                     \
	}
#define auto_jail_user __attribute__((cleanup(jail_user_free)))

int jail_user_read(struct jail_user *user, const struct job_plan *plan,
		   struct error *err);
void jail_user_free(struct jail_user *user);

/* In a forked child, for good: groups, group, user.  On failure -1 and errno. */
int jail_user_become(const struct jail_user *user);

#endif
