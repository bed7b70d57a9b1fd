#include "bin/runjob-shim/limits.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "lib/config.h"
#include "lib/error.h"
#include "lib/job.h"
#include "lib/job_plan.h"
#include "lib/str.h"

enum { PIDS_MAX = 1 << 22 };

void limits_of_job(struct cgroup_limits *limits, const struct job *job,
		   const struct job_plan *plan)
{
	*limits = (struct cgroup_limits){ .cpu_us = plan->cpu_us,
					  .memory_bytes = plan->memory_bytes,
					  .pids = plan->pids,
					  .read_bps = plan->read_bps,
					  .write_bps = plan->write_bps };
	if (!(cgroup_limits_need(limits) & CGROUP_BIT(CGROUP_IO)))
		return;
	/* Where its log is and where it works; one may be on no disk. */
	limits->disks[0] = cgroup_disk_of(job->dir);
	limits->disks[1] = cgroup_disk_of(plan->dir ? plan->dir : "/");
	if (!limits->disks[0] || limits->disks[0] == limits->disks[1]) {
		limits->disks[0] = limits->disks[1];
		limits->disks[1] = 0;
	}
}

static int parse_pids(uint64_t *pids, const char *text, struct error *err)
{
	return str_to_u64(pids, text, 1, PIDS_MAX, err);
}

static int take(uint64_t *number, const struct config *config, const char *name,
		int (*parse)(uint64_t *number, const char *text, struct error *err),
		struct error *err)
{
	const char *text = config_get(config, name);

	if (!text || parse(number, text, err) == 0)
		return 0;
	err->kind = ERROR_CONFIG;
	return error_wrap(err, "%s", name);
}

int limits_of_owner(struct cgroup_limits *roof, const struct config *config,
		    struct error *err)
{
	*roof = (struct cgroup_limits){ 0 };
	if (take(&roof->cpu_us, config, "HOOKTOOLS_OWNER_CPU", cgroup_parse_cpu, err) < 0)
		return -1;
	if (take(&roof->memory_bytes, config, "HOOKTOOLS_OWNER_MEMORY", str_to_size,
		 err) < 0)
		return -1;
	return take(&roof->pids, config, "HOOKTOOLS_OWNER_PIDS", parse_pids, err);
}

void limits_list(char *text, size_t size, unsigned controllers)
{
	size_t len = 0;
	int i;

	text[0] = '\0';
	for (i = 0; i < CGROUP_CONTROLLERS && len < size; i++) {
		if (controllers & CGROUP_BIT(i))
			len += (size_t)snprintf(
				text + len, size - len, "%s%s", len ? "," : "",
				cgroup_controller_name((enum cgroup_controller)i));
	}
}

int limits_refuse(unsigned missing, const char *whose, struct error *err)
{
	char names[32];

	limits_list(names, sizeof(names), missing);
	return error_set(
		err, ERROR_CONFIG,
		"%s limit%s: no cgroup here has that controller; delegate it (systemd: "
		"Delegate=yes) or name a cgroup with HOOKTOOLS_CGROUP%s",
		names, whose, *whose ? "" : ", or relax it by --limits best-effort");
}

static int set(pid_t pid, const char *what, int resource, uint64_t number,
	       struct error *err)
{
	const struct rlimit limit = { number, number };

	if (!number || prlimit(pid, (__rlimit_resource_t)resource, &limit, NULL) == 0)
		return 0;
	(void)error_errno(err, "%s limit of %llu", what, (unsigned long long)number);
	err->kind = ERROR_CONFIG;
	return -1;
}

int limits_of_process(pid_t pid, const struct job_plan *plan, uint64_t memory_bytes,
		      struct error *err)
{
	if (set(pid, "memory", RLIMIT_AS, memory_bytes, err) < 0)
		return -1;
	return set(pid, "open files", RLIMIT_NOFILE, plan->open_files, err);
}
