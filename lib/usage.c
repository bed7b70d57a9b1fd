#include "lib/usage.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/cgroup.h"
#include "lib/cgroup_v1.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job.h"
#include "lib/job_status.h"
#include "lib/str.h"

enum { PATHS_LIMIT = 65536 };

void usage_count(struct job_status *status, const struct cgroup_usage *counted)
{
	struct job_usage *usage = &status->usage;

	if (counted->has_cpu) {
		status->cpu_ms = counted->cpu_us / 1000;
		usage->user_ms = counted->user_us / 1000;
		usage->system_ms = counted->system_us / 1000;
	}
	if (counted->has_memory)
		status->memory_peak = counted->memory_peak;
	if (counted->has_pids)
		status->pids_peak = counted->pids_peak;
	if (counted->has_io) {
		usage->read_bytes = counted->read_bytes;
		usage->write_bytes = counted->write_bytes;
	}
	usage->throttled_ms = counted->throttled_us / 1000;
	usage->forks_refused = counted->forks_refused;
	usage->pressure_cpu_ms = counted->pressure_us[0] / 1000;
	usage->pressure_memory_ms = counted->pressure_us[1] / 1000;
	usage->pressure_io_ms = counted->pressure_us[2] / 1000;
	usage->oom_kills = counted->oom_kills;
}

int usage_now(struct cgroup_usage *counted, bool *found, const struct job *job,
	      struct error *err)
{
	auto_cgroup struct cgroup cgroup = CGROUP_NONE;
	auto_cgroup_v1 struct cgroup_v1 v1 = CGROUP_V1_NONE;
	auto_buf struct buf text = BUF_EMPTY;
	auto_free char *path = NULL;

	memset(counted, 0, sizeof(*counted));
	if (file_read_if(&text, found, job->fd, "cgroup", PATHS_LIMIT, err) < 0)
		return -1;
	if (!*found)
		return 0;
	path = str_format("%.*s", (int)strcspn(buf_str(&text), "\n"), buf_str(&text));
	if (path[0] == '/' && cgroup_open(&cgroup, found, path, err) < 0)
		return -1;
	if (cgroup.path)
		cgroup_usage_read(counted, cgroup.fd);
	cgroup_v1_take(&v1, buf_str(&text));
	cgroup_v1_usage(counted, &v1);
	return 0;
}
