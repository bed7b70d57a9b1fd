#ifndef LIB_CGROUP_LIMITS_H
#define LIB_CGROUP_LIMITS_H

#include <stdint.h>
#include <sys/types.h>

struct error;

enum cgroup_controller {
	CGROUP_CPU,
	CGROUP_MEMORY,
	CGROUP_PIDS,
	CGROUP_IO,
	CGROUP_CONTROLLERS
};

/* A set of controllers. */
#define CGROUP_BIT(controller) (1U << (controller))
#define CGROUP_ALL (CGROUP_BIT(CGROUP_CONTROLLERS) - 1)

/* What the processes of a group may use together; 0 everywhere: no limit. */
enum { CGROUP_DISKS = 2, CGROUP_PERIOD_US = 100000 };

struct cgroup_limits {
	uint64_t cpu_us; /* per CGROUP_PERIOD_US of wall time */
	uint64_t memory_bytes;
	uint64_t pids;
	uint64_t read_bps; /* bytes a second, from each of the disks */
	uint64_t write_bps;
	dev_t disks[CGROUP_DISKS];
};

/* "cpu", "memory", "pids", "io": as version 2 and the options call them. */
const char *cgroup_controller_name(enum cgroup_controller controller);

/* The controllers that are needed for the limits. */
unsigned cgroup_limits_need(const struct cgroup_limits *limits);

/* Of version 2, the limits of these controllers; ERROR_CONFIG names the one that fails.
 * path is the group's, for the message. */
int cgroup_limits_apply(int fd, const char *path, const struct cgroup_limits *limits,
			unsigned controllers, struct error *err);

/* Its limits of the others are no limits any more. */
void cgroup_limits_keep(struct cgroup_limits *limits, unsigned controllers);

/* The whole disk on which a folder is: the kernel limits disks, neither folders nor
 * partitions.  0 when it is on none, as tmpfs. */
dev_t cgroup_disk_of(const char *path);

/* "1.5" CPUs, from 0.01 to 1000; gives microseconds per CGROUP_PERIOD_US. */
int cgroup_parse_cpu(uint64_t *cpu_us, const char *text, struct error *err);

#endif
