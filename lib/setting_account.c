#include "lib/setting_account.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/job_plan.h"
#include "lib/str.h"

enum {
	GROUPS_MAX = 65536,
	ID_MAX_DIGITS = 10,
	/* Of an entry of the databases; that of a group names all its members. */
	ROOM_LEAST = 1024,
	ROOM_MOST = 16 << 20
};

/* A number that is nobody's name stands for itself. */
static bool is_number(uint64_t *id, const char *text)
{
	struct error ignored = { 0 };

	return strlen(text) <= ID_MAX_DIGITS &&
	       str_to_u64(id, text, 0, UINT32_MAX - 1, &ignored) == 0;
}

static void add(struct job_plan *plan, const char *name, const char *value)
{
	auto_free char *pair = str_format("%s=%s", name, value);

	job_texts_add(&plan->account, pair);
}

/* NULL, and errno is 0 or ENOENT when there is no such user. */
static const struct passwd *look_for_user(struct passwd *user, struct buf *room,
					  const char *name)
{
	struct passwd *found = NULL;
	size_t size;
	uint64_t id = 0;

	errno = ERANGE;
	for (size = ROOM_LEAST; errno == ERANGE && size <= ROOM_MOST; size *= 2) {
		char *bytes = buf_room(room, size);

		errno = getpwnam_r(name, user, bytes, size, &found);
		if (!found && errno != ERANGE && is_number(&id, name))
			errno = getpwuid_r((uid_t)id, user, bytes, size, &found);
	}
	return found;
}

static int find_user(struct job_plan *plan, char **login, const char *name,
		     struct error *err)
{
	auto_buf struct buf room = BUF_EMPTY;
	struct passwd user = { .pw_uid = 0 };
	const struct passwd *found = look_for_user(&user, &room, name);

	if (!found && errno && errno != ENOENT)
		return error_errno(err, "look for user '%s'", name);
	if (!found)
		return error_set(err, ERROR_DATA, "no user '%s' here", name);
	plan->uid = found->pw_uid;
	plan->gid = found->pw_gid;
	*login = str_dup(found->pw_name);
	add(plan, "HOME", found->pw_dir);
	add(plan, "USER", found->pw_name);
	add(plan, "LOGNAME", found->pw_name);
	add(plan, "SHELL", found->pw_shell);
	return 0;
}

static int find_group(struct job_plan *plan, const char *name, struct error *err)
{
	auto_buf struct buf room = BUF_EMPTY;
	struct group group = { .gr_gid = 0 };
	struct group *found = NULL;
	size_t size;

	errno = ERANGE;
	for (size = ROOM_LEAST; errno == ERANGE && size <= ROOM_MOST; size *= 2)
		errno = getgrnam_r(name, &group, buf_room(&room, size), size, &found);
	if (found)
		plan->gid = found->gr_gid;
	else if (errno && errno != ENOENT)
		return error_errno(err, "look for group '%s'", name);
	else if (!is_number(&plan->gid, name))
		return error_set(err, ERROR_DATA, "no group '%s' here", name);
	return 0;
}

static int find_groups(struct job_plan *plan, const char *login, struct error *err)
{
	auto_buf struct buf room = BUF_EMPTY;
	gid_t *groups = NULL;
	int count = 0;
	int i;

	(void)getgrouplist(login, (gid_t)plan->gid, NULL, &count);
	if (count < 0 || count > GROUPS_MAX)
		return error_set(err, ERROR_DATA, "user '%s' is in too many groups",
				 login);
	groups = (gid_t *)(void *)buf_room(&room, ((size_t)count + 1) * sizeof(*groups));
	if (getgrouplist(login, (gid_t)plan->gid, groups, &count) < 0)
		return error_set(err, ERROR_TEMPORARY,
				 "the groups of user '%s' have just changed", login);
	for (i = 0; i < count; i++) {
		auto_free char *number = str_format("%u", (unsigned)groups[i]);

		job_texts_add(&plan->groups, number);
	}
	return 0;
}

static int resolve(struct job_plan *plan, char *name, struct error *err)
{
	auto_free char *login = NULL;
	char *group = strchr(name, ':');

	if (group)
		*group++ = '\0';
	if (find_user(plan, &login, *name ? name : "0", err) < 0 ||
	    (group && find_group(plan, group, err) < 0))
		return -1;
	return find_groups(plan, login, err);
}

int setting_account(struct job_plan *plan, struct error *err)
{
	auto_free char *name = str_dup(plan->user);

	/* Nothing of whom it named before. */
	job_texts_free(&plan->groups);
	job_texts_free(&plan->account);
	if (!plan->user)
		return 0;
	if (resolve(plan, name, err) < 0)
		return error_wrap(err, "user '%s'", plan->user);
	if (geteuid() != 0 && (plan->uid != geteuid() || plan->gid != getegid()))
		return error_set(err, ERROR_DENIED,
				 "user '%s': only root runs jobs as somebody else",
				 plan->user);
	return 0;
}
