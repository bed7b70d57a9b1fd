#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cgroup.h"
#include "lib/cgroup_base.h"
#include "lib/cgroup_file.h"
#include "lib/cgroup_limits.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/path.h"
#include "lib/str.h"

enum { MAKE_ROUNDS = 1000, MOVE_ROUNDS = 1000 };

static bool has_word(const char *text, const char *word)
{
	size_t len = strlen(word);
	const char *p;

	for (p = strstr(text, word); p; p = strstr(p + 1, word)) {
		if ((p == text || strchr(" \n", p[-1])) && strchr(" \n", p[len]))
			return true;
	}
	return false;
}

/* The controllers that a file of a group names. */
static unsigned controllers_in(int fd, const char *name)
{
	auto_buf struct buf text = BUF_EMPTY;
	unsigned found = 0;
	int i;

	cgroup_take(&text, fd, name);
	for (i = 0; i < CGROUP_CONTROLLERS; i++) {
		if (has_word(buf_str(&text),
			     cgroup_controller_name((enum cgroup_controller)i)))
			found |= CGROUP_BIT(i);
	}
	return found;
}

/* Hand the controllers of a group down to those in it; which of them those in it have now.
 * One that cannot be had is noticed when a limit needs it. */
static unsigned hand_down(int fd)
{
	unsigned have = controllers_in(fd, "cgroup.controllers");
	unsigned given = have ? controllers_in(fd, "cgroup.subtree_control") : 0;
	int i;

	for (i = 0; i < CGROUP_CONTROLLERS; i++) {
		auto_free char *word = str_format(
			"+%s", cgroup_controller_name((enum cgroup_controller)i));

		if ((have & ~given & CGROUP_BIT(i)) &&
		    cgroup_put(fd, "cgroup.subtree_control", word) == 0)
			given |= CGROUP_BIT(i);
	}
	return given;
}

/* Where nothing arrives there is nothing to hand down. */
static void hand_on(unsigned *have, int fd)
{
	if (*have)
		*have &= hand_down(fd);
}

/* Make a folder that may be there, and open it. */
static int enter(int *fd, const char *path, struct error *err)
{
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return error_errno(err, "make cgroup '%s'", path);
	*fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *fd < 0 ? error_errno(err, "open cgroup '%s'", path) : 0;
}

/* A group that has processes hands nothing down: those of the base, which was delegated to
 * us, go to the leaf beside the jobs in which our supervisors are. */
static void clear_base(int base_fd, const struct cgroup_base *base)
{
	auto_free char *path = str_format("%s/hooktools/supervisors", base->path);
	auto_close int fd = -1;
	struct error ignored = { 0 };
	int rounds;

	if (enter(&fd, path, &ignored) < 0)
		return;
	for (rounds = 0; rounds < MOVE_ROUNDS; rounds++) {
		uint64_t pid = cgroup_number(base_fd, "cgroup.procs", "");

		/* 0 is one of another pid namespace, which we cannot name. */
		if (!pid || cgroup_put_u64(fd, "cgroup.procs", pid) < 0)
			return;
	}
}

/* <base>/hooktools, its controllers handed down; *have is what of them reaches it.  Processes
 * are moved out of the way only for what is needed. */
static int make_top(int *fd, unsigned *have, const struct cgroup_base *base,
		    unsigned need, struct error *err)
{
	auto_free char *path = path_join(base->path, "hooktools");
	auto_close int base_fd = -1;
	auto_close int top_fd = -1;
	unsigned lacks;

	if (file_open_dir(&base_fd, AT_FDCWD, base->path, err) < 0 ||
	    enter(&top_fd, path, err) < 0)
		return -1;
	*have = hand_down(base_fd);
	lacks = need & ~*have;
	if (lacks && (lacks & controllers_in(base_fd, "cgroup.controllers"))) {
		clear_base(base_fd, base);
		*have = hand_down(base_fd);
	}
	hand_on(have, top_fd);
	*fd = steal_fd(&top_fd);
	return 0;
}

/* An earlier job of the owner left all that is needed. */
static bool is_ready(int *fd, unsigned *have, const char *owner, unsigned need)
{
	auto_close int owner_fd = open(owner, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	*have = owner_fd < 0 ? 0 : controllers_in(owner_fd, "cgroup.subtree_control");
	if (!*have || (need & ~*have))
		return false;
	*fd = steal_fd(&owner_fd);
	return true;
}

/* The group of all jobs of an owner, with its roof. */
static int make_owner(char **path, unsigned *have, const struct cgroup_base *base,
		      const struct cgroup_want *want, struct error *err)
{
	unsigned need = cgroup_limits_need(want->limits) | cgroup_limits_need(want->roof);
	auto_free char *owner = str_format("%s/hooktools/%s", base->path, want->owner);
	auto_close int top_fd = -1;
	auto_close int fd = -1;

	if (!is_ready(&fd, have, owner, need)) {
		if (make_top(&top_fd, have, base, need, err) < 0 ||
		    enter(&fd, owner, err) < 0)
			return -1;
		hand_on(have, fd);
	}
	if (cgroup_limits_apply(fd, owner, want->roof, *have, err) < 0)
		return -1;
	*path = owner;
	owner = NULL;
	return 0;
}

/* Never one that was used before: it may be frozen, its counters are not ours, or it belongs
 * to a job of another instance that has the same name.  *path stays NULL when the owner's
 * group went meanwhile, with its last job. */
static int make_new(char **path, const char *parent, const char *name, struct error *err)
{
	auto_free char *wanted = path_join(parent, name);
	int failed = mkdir(wanted, 0755);

	if (failed && errno == EEXIST) {
		free(wanted);
		wanted = str_format("%s/%s.%d", parent, name, (int)getpid());
		failed = mkdir(wanted, 0755);
	}
	if (failed && errno == ENOENT)
		return 0;
	if (failed)
		return error_errno(err, "make cgroup '%s'", wanted);
	*path = wanted;
	wanted = NULL;
	return 0;
}

static int apply(const struct cgroup *cgroup, const struct cgroup_want *want,
		 unsigned have, struct error *err)
{
	unsigned limited =
		cgroup_limits_need(want->limits) | cgroup_limits_need(want->roof);

	if (cgroup_limits_apply(cgroup->fd, cgroup->path, want->limits, have, err) < 0)
		return -1;
	/* Half a job is of no use to anybody. */
	if ((limited & have & CGROUP_BIT(CGROUP_MEMORY)) &&
	    cgroup_put(cgroup->fd, "memory.oom.group", "1") < 0)
		return error_errno(err, "memory.oom.group in cgroup '%s'", cgroup->path);
	return 0;
}

int cgroup_make(struct cgroup *cgroup, unsigned *have, const struct cgroup_base *base,
		const struct cgroup_want *want, struct error *err)
{
	auto_cgroup struct cgroup made = CGROUP_NONE;
	struct error ignored = { 0 };
	int rounds;

	for (rounds = 0; !made.path; rounds++) {
		auto_free char *parent = NULL;

		if (make_owner(&parent, have, base, want, err) < 0 ||
		    make_new(&made.path, parent, want->name, err) < 0)
			return -1;
		if (rounds == MAKE_ROUNDS)
			return error_set(err, ERROR_TEMPORARY,
					 "cgroup '%s' goes again and again", parent);
	}
	if (file_open_dir(&made.fd, AT_FDCWD, made.path, err) < 0 ||
	    apply(&made, want, *have, err) < 0) {
		(void)cgroup_remove(&made, &ignored);
		return -1;
	}
	*cgroup = made;
	made = (struct cgroup)CGROUP_NONE;
	return 0;
}
