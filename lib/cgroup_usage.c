#include "lib/cgroup_usage.h"

#include <string.h>

#include "lib/buf.h"
#include "lib/cgroup_file.h"

static void read_cpu(struct cgroup_usage *usage, int fd)
{
	auto_buf struct buf text = BUF_EMPTY;

	/* The core counts this much, also without the controller. */
	cgroup_take(&text, fd, "cpu.stat");
	usage->has_cpu = text.len > 0;
	usage->cpu_us = cgroup_number_in(&text, "usage_usec");
	usage->user_us = cgroup_number_in(&text, "user_usec");
	usage->system_us = cgroup_number_in(&text, "system_usec");
	usage->throttled_us = cgroup_number_in(&text, "throttled_usec");
}

static void read_memory(struct cgroup_usage *usage, int fd)
{
	auto_buf struct buf peak = BUF_EMPTY;
	auto_buf struct buf events = BUF_EMPTY;

	cgroup_take(&events, fd, "memory.events");
	if (!events.len)
		return;
	/* Since Linux 5.19. */
	cgroup_take(&peak, fd, "memory.peak");
	usage->has_memory = peak.len > 0;
	usage->memory_peak = cgroup_number_in(&peak, "");
	usage->memory_bytes = cgroup_number(fd, "memory.current", "");
	usage->oom = cgroup_number_in(&events, "oom");
	usage->oom_kills = cgroup_number_in(&events, "oom_kill");
}

static void read_pids(struct cgroup_usage *usage, int fd)
{
	auto_buf struct buf peak = BUF_EMPTY;

	/* Since Linux 6.1. */
	cgroup_take(&peak, fd, "pids.peak");
	usage->has_pids = peak.len > 0;
	usage->pids_peak = cgroup_number_in(&peak, "");
	usage->pids = cgroup_number(fd, "pids.current", "");
	usage->forks_refused = cgroup_number(fd, "pids.events", "max");
}

static void read_io(struct cgroup_usage *usage, int fd)
{
	auto_buf struct buf text = BUF_EMPTY;

	cgroup_take(&text, fd, "io.stat");
	usage->has_io = text.len > 0;
	usage->read_bytes = cgroup_sum_in(&text, " rbytes=");
	usage->write_bytes = cgroup_sum_in(&text, " wbytes=");
}

void cgroup_usage_read(struct cgroup_usage *usage, int fd)
{
	memset(usage, 0, sizeof(*usage));
	read_cpu(usage, fd);
	read_memory(usage, fd);
	read_pids(usage, fd);
	read_io(usage, fd);
	usage->pressure_us[0] = cgroup_pressure(fd, "cpu.pressure");
	usage->pressure_us[1] = cgroup_pressure(fd, "memory.pressure");
	usage->pressure_us[2] = cgroup_pressure(fd, "io.pressure");
}

uint64_t cgroup_usage_oom(int fd)
{
	return cgroup_number(fd, "memory.events.local", "oom");
}
