#include "bin/runjob-shim/leftover.h"

#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cgroup_base.h"
#include "lib/cgroup_v1.h"
#include "lib/cleanup.h"
#include "lib/config.h"
#include "lib/error.h"
#include "lib/job.h"
#include "lib/str.h"

/* One that is not empty is somebody else's, and stays. */
static void remove_below(const char *base, const struct job *job, pid_t former)
{
	auto_free char *owner = str_format("%s/hooktools/%s", base, job->owner);
	auto_free char *path = str_format("%s/%s", owner, job->id);
	auto_free char *second = str_format("%s.%d", path, (int)former);

	(void)rmdir(second);
	(void)rmdir(path);
	(void)rmdir(owner);
}

void leftover_remove(const struct job *job, const struct config *config, pid_t former)
{
	auto_cgroup_base struct cgroup_base base = CGROUP_BASE_NONE;
	auto_cgroup_v1 struct cgroup_v1 v1 = CGROUP_V1_NONE;
	struct error ignored = { 0 };
	struct stat note;
	int i;

	if ((fstatat(job->fd, "cgroup", &note, 0) == 0 && note.st_size > 0) ||
	    cgroup_find(&base, config_get(config, "HOOKTOOLS_CGROUP"), &ignored) < 0)
		return;
	if (base.path)
		remove_below(base.path, job, former);
	if (base.may_v1)
		(void)cgroup_v1_find(&v1);
	for (i = 0; i < CGROUP_CONTROLLERS; i++) {
		if (v1.paths[i])
			remove_below(v1.paths[i], job, former);
	}
}
