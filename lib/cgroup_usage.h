#ifndef LIB_CGROUP_USAGE_H
#define LIB_CGROUP_USAGE_H

#include <stdbool.h>
#include <stdint.h>

/* What the kernel counted in a group; a field that it does not count here is 0 and its has_ is
 * false.  Times are microseconds. */
struct cgroup_usage {
	bool has_cpu;
	bool has_memory;
	bool has_pids;
	bool has_io;
	uint64_t cpu_us;
	uint64_t user_us;
	uint64_t system_us;
	uint64_t throttled_us; /* it could have run, but for its limit */
	uint64_t memory_bytes; /* now */
	uint64_t memory_peak;
	uint64_t pids; /* now */
	uint64_t pids_peak;
	uint64_t forks_refused;
	uint64_t read_bytes;
	uint64_t write_bytes;
	uint64_t pressure_us[3]; /* cpu, memory, io: when something of it had to wait */
	uint64_t oom;		 /* how often its own limit could not be kept */
	uint64_t oom_kills;	 /* processes killed for memory, whosever limit it was */
};

/* fd is the group's folder, of version 2. */
void cgroup_usage_read(struct cgroup_usage *usage, int fd);

/* How often the group's own limit of memory, not one below it, could not be kept. */
uint64_t cgroup_usage_oom(int fd);

#endif
