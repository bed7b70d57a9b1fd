#include "bin/runjob-shim/containment.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bin/runjob-shim/limits.h"
#include "bin/runjob-shim/names.h"
#include "bin/runjob-shim/tree.h"
#include "lib/buf.h"
#include "lib/cgroup_base.h"
#include "lib/cgroup_usage.h"
#include "lib/cleanup.h"
#include "lib/config.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job.h"
#include "lib/job_plan.h"
#include "lib/job_status.h"
#include "lib/str.h"

enum { DEATH_MS = 60000, PATHS_LIMIT = 65536, FREEZE_ROUNDS = 1000, NAME_LIMIT = 64 };

/* Where a recovery finds what is left of it, and runjob usage what it uses. */
static int note_paths(const struct job *job, const struct containment *containment,
		      struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;
	auto_close int fd = -1;

	if (containment->cgroup.path)
		buf_add_format(&text, "%s\n", containment->cgroup.path);
	cgroup_v1_dump(&text, &containment->v1);
	if (!text.len)
		return 0;
	fd = openat(job->fd, "cgroup", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_errno(err, "create '%s/cgroup'", job->dir);
	return file_write(fd, text.data, text.len, "cgroup", err);
}

/* The owner's roof is counted from now on. */
static void watch_owner(struct containment *containment)
{
	containment->owner_fd =
		openat(containment->cgroup.fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (containment->owner_fd >= 0)
		containment->owner_oom = cgroup_usage_oom(containment->owner_fd);
}

static int make_v2(struct containment *containment, unsigned *have,
		   const struct cgroup_base *base, const struct cgroup_want *want,
		   struct error *err)
{
	if (cgroup_make(&containment->cgroup, have, base, want, err) < 0 ||
	    cgroup_watch(&containment->events_fd, &containment->cgroup, err) < 0)
		return -1;
	if (containment->roof.memory_bytes && (*have & CGROUP_BIT(CGROUP_MEMORY)))
		watch_owner(containment);
	return 0;
}

/* What version 2 does not have. */
static int make_v1(struct containment *containment, unsigned *have, unsigned need,
		   const struct cgroup_want *want, struct error *err)
{
	auto_cgroup_v1 struct cgroup_v1 base = CGROUP_V1_NONE;
	unsigned found = cgroup_v1_find(&base) & need & ~*have;

	*have |= found;
	return cgroup_v1_make(&containment->v1, found, &base, want, err);
}

static int make_groups(struct containment *containment, unsigned *have,
		       const struct job *job, const struct config *config,
		       struct error *err)
{
	const struct cgroup_want want = { job->owner, job->id, &containment->limits,
					  &containment->roof };
	unsigned need = cgroup_limits_need(want.limits) | cgroup_limits_need(want.roof);
	auto_cgroup_base struct cgroup_base base = CGROUP_BASE_NONE;

	if (cgroup_find(&base, config_get(config, "HOOKTOOLS_CGROUP"), err) < 0)
		return -1;
	if (base.path && make_v2(containment, have, &base, &want, err) < 0)
		return -1;
	if ((need & ~*have) && base.may_v1 &&
	    make_v1(containment, have, need, &want, err) < 0)
		return -1;
	return note_paths(job, containment, err);
}

int containment_make(struct containment *containment, const struct job *job,
		     const struct job_plan *plan, const struct config *config,
		     struct error *err)
{
	unsigned have = 0;
	unsigned missing;

	limits_of_job(&containment->limits, job, plan);
	if (limits_of_owner(&containment->roof, config, err) < 0)
		return -1;
	if ((containment->limits.read_bps || containment->limits.write_bps) &&
	    !containment->limits.disks[0]) {
		if (!plan->best_effort)
			return error_set(err, ERROR_CONFIG,
					 "io limit: neither '%s' nor its folder is on a "
					 "disk; relax it by --limits best-effort",
					 job->dir);
		containment->unenforced = CGROUP_BIT(CGROUP_IO);
		cgroup_limits_keep(&containment->limits,
				   CGROUP_ALL ^ CGROUP_BIT(CGROUP_IO));
	}
	if (make_groups(containment, &have, job, config, err) < 0)
		return -1;
	missing = cgroup_limits_need(&containment->roof) & ~have;
	if (missing)
		return limits_refuse(missing, " of its owner", err);
	missing = cgroup_limits_need(&containment->limits) & ~have;
	if (missing && !plan->best_effort)
		return limits_refuse(missing, "", err);
	containment->unenforced |= missing;
	cgroup_limits_keep(&containment->limits, have);
	return 0;
}

int containment_enter(const struct containment *containment, pid_t pid,
		      const struct job_plan *plan, struct error *err)
{
	bool no_memory = containment->unenforced & CGROUP_BIT(CGROUP_MEMORY);

	if (cgroup_v1_enter(&containment->v1, pid, err) < 0)
		return -1;
	return limits_of_process(pid, plan, no_memory ? plan->memory_bytes : 0, err);
}

static bool has_v1(const struct containment *containment)
{
	int i;

	for (i = 0; i < CGROUP_CONTROLLERS; i++) {
		if (containment->v1.paths[i])
			return true;
	}
	return false;
}

void containment_describe(struct job_status *status,
			  const struct containment *containment)
{
	snprintf(status->containment, sizeof(status->containment), "%s%s",
		 containment->cgroup.path ? "cgroup" : "process-tree",
		 has_v1(containment) ? "+v1" : "");
	limits_list(status->usage.unenforced, sizeof(status->usage.unenforced),
		    containment->unenforced);
}

void containment_signal(const struct containment *containment, int signal)
{
	struct error ignored = { 0 };

	/* Whoever it does not reach is reached by containment_kill. */
	if (containment->cgroup.path)
		(void)cgroup_signal(&containment->cgroup, signal, &ignored);
	else
		(void)tree_signal(signal);
}

int containment_freeze(const struct containment *containment, bool frozen,
		       struct error *err)
{
	size_t before = 0;
	size_t now;
	int rounds;

	if (containment->cgroup.path)
		return cgroup_freeze(&containment->cgroup, frozen, err);
	/* Who is stopped forks no more: once as many are there as before, it is all. */
	for (rounds = 0; rounds < FREEZE_ROUNDS; rounds++) {
		now = tree_signal(frozen ? SIGSTOP : SIGCONT);
		if (!frozen || now == before)
			break;
		before = now;
	}
	return 0;
}

struct list {
	char *text;
	size_t size;
};

static void list_one(pid_t pid, void *context)
{
	const struct list *list = context;
	auto_free char *path = str_format("/proc/%d/comm", (int)pid);
	auto_buf struct buf name = BUF_EMPTY;
	struct error ignored = { 0 };

	/* It may have ended meanwhile. */
	if (file_read(&name, AT_FDCWD, path, NAME_LIMIT, &ignored) == 0 && name.len > 1)
		names_add(list->text, list->size,
			  (struct str_view){ name.data, name.len - 1 }, pid);
}

void containment_list(char *text, size_t size, const struct containment *containment)
{
	struct list list = { NULL, size };
	struct error ignored = { 0 };

	list.text = text;
	if (containment->cgroup.path)
		(void)cgroup_each(&containment->cgroup, list_one, &list, &ignored);
	else
		(void)tree_each(list_one, &list);
}

void containment_heard(const struct containment *containment)
{
	char text[128];

	(void)!pread(containment->events_fd, text, sizeof(text), 0);
}

bool containment_is_empty(const struct containment *containment, bool has_children)
{
	struct error ignored = { 0 };
	bool populated = true;

	if (!containment->cgroup.path)
		return !has_children;
	containment_heard(containment);
	return cgroup_is_populated(&populated, &containment->cgroup, &ignored) == 0 &&
	       !populated;
}

static void kill_tree(void)
{
	/* Those that are killed leave their children to us: look again until none is left.
	 * One of the killed is our own child, so the wait ends. */
	while (tree_signal(SIGKILL) > 0) {
		(void)waitpid(-1, NULL, 0);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
}

int containment_kill(const struct containment *containment, struct error *err)
{
	if (!containment->cgroup.path) {
		kill_tree();
		return 0;
	}
	if (containment_is_empty(containment, false))
		return 0;
	if (cgroup_kill(&containment->cgroup, err) < 0)
		return -1;
	return cgroup_wait_empty(&containment->cgroup, DEATH_MS, err);
}

int containment_bury(const struct job *job, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;
	auto_cgroup struct cgroup cgroup = CGROUP_NONE;
	auto_cgroup_v1 struct cgroup_v1 v1 = CGROUP_V1_NONE;
	auto_free char *path = NULL;
	bool found = false;

	if (file_read_if(&text, &found, job->fd, "cgroup", PATHS_LIMIT, err) < 0)
		return -1;
	path = str_format("%.*s", (int)strcspn(buf_str(&text), "\n"), buf_str(&text));
	if (path[0] == '/' && cgroup_open(&cgroup, &found, path, err) < 0)
		return -1;
	if (cgroup.path && (cgroup_kill(&cgroup, err) < 0 ||
			    cgroup_wait_empty(&cgroup, DEATH_MS, err) < 0 ||
			    cgroup_remove(&cgroup, err) < 0))
		return -1;
	cgroup_v1_take(&v1, buf_str(&text));
	cgroup_v1_remove(&v1);
	return 0;
}

void containment_close(struct containment *containment)
{
	struct error ignored = { 0 };

	/* One that will not go is empty at least, and runjob recover takes it later. */
	cgroup_v1_remove(&containment->v1);
	cgroup_v1_free(&containment->v1);
	(void)cgroup_remove(&containment->cgroup, &ignored);
	cgroup_close(&containment->cgroup);
	cleanup_close(&containment->events_fd);
	cleanup_close(&containment->owner_fd);
	containment->events_fd = -1;
	containment->owner_fd = -1;
}
