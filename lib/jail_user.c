#include "lib/jail_user.h"

#include <grp.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/error.h"
#include "lib/job_plan.h"
#include "lib/str.h"

int jail_user_read(struct jail_user *user, const struct job_plan *plan, struct error *err)
{
	auto_buf struct buf groups = BUF_EMPTY;
	size_t i;

	if (!plan->user || geteuid() != 0)
		return 0;
	for (i = 0; i < plan->groups.count; i++) {
		uint64_t number = 0;
		gid_t group;

		if (str_to_u64(&number, plan->groups.items[i], 0, UINT32_MAX - 1, err) <
		    0)
			return error_wrap(err, "the groups of '%s'", plan->user);
		group = (gid_t)number;
		buf_add(&groups, &group, sizeof(group));
	}
	user->is_other = true;
	user->uid = (uid_t)plan->uid;
	user->gid = (gid_t)plan->gid;
	user->groups = (gid_t *)(void *)buf_take(&groups);
	user->count = plan->groups.count;
	return 0;
}

void jail_user_free(struct jail_user *user)
{
	free(user->groups);
	*user = (struct jail_user)JAIL_USER_NONE;
}

int jail_user_become(const struct jail_user *user)
{
	if (!user->is_other)
		return 0;
	if (setgroups(user->count, user->groups) < 0 ||
	    setresgid(user->gid, user->gid, user->gid) < 0)
		return -1;
	return setresuid(user->uid, user->uid, user->uid);
}
