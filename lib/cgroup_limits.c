#include "lib/cgroup_limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cgroup_file.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/str.h"

enum { CPU_LEAST_US = 1000, CPUS_MAX = 1000 };

const char *cgroup_controller_name(enum cgroup_controller controller)
{
	static const char *const names[CGROUP_CONTROLLERS] = { "cpu", "memory", "pids",
							       "io" };

	return names[controller];
}

unsigned cgroup_limits_need(const struct cgroup_limits *limits)
{
	unsigned need = 0;

	if (limits->cpu_us)
		need |= CGROUP_BIT(CGROUP_CPU);
	if (limits->memory_bytes)
		need |= CGROUP_BIT(CGROUP_MEMORY);
	if (limits->pids)
		need |= CGROUP_BIT(CGROUP_PIDS);
	if (limits->read_bps || limits->write_bps)
		need |= CGROUP_BIT(CGROUP_IO);
	return need;
}

void cgroup_limits_keep(struct cgroup_limits *limits, unsigned controllers)
{
	if (!(controllers & CGROUP_BIT(CGROUP_CPU)))
		limits->cpu_us = 0;
	if (!(controllers & CGROUP_BIT(CGROUP_MEMORY)))
		limits->memory_bytes = 0;
	if (!(controllers & CGROUP_BIT(CGROUP_PIDS)))
		limits->pids = 0;
	if (!(controllers & CGROUP_BIT(CGROUP_IO)))
		limits->read_bps = limits->write_bps = 0;
}

static int apply_cpu(int fd, const struct cgroup_limits *limits)
{
	char value[48];

	snprintf(value, sizeof(value), "%llu %d", (unsigned long long)limits->cpu_us,
		 CGROUP_PERIOD_US);
	return cgroup_put(fd, "cpu.max", value);
}

static int apply_memory(int fd, const struct cgroup_limits *limits)
{
	if (cgroup_put_u64(fd, "memory.max", limits->memory_bytes) < 0)
		return -1;
	/* Swap would hide the limit; a kernel without swap accounting has no such file. */
	if (cgroup_put(fd, "memory.swap.max", "0") < 0 && errno != ENOENT)
		return -1;
	return 0;
}

static int apply_pids(int fd, const struct cgroup_limits *limits)
{
	return cgroup_put_u64(fd, "pids.max", limits->pids);
}

static void add_rate(char *text, size_t size, const char *key, uint64_t rate)
{
	size_t len = strlen(text);

	if (rate)
		snprintf(text + len, size - len, " %s=%llu", key,
			 (unsigned long long)rate);
}

static int apply_io(int fd, const struct cgroup_limits *limits)
{
	size_t i;

	for (i = 0; i < CGROUP_DISKS && limits->disks[i]; i++) {
		char value[96];

		snprintf(value, sizeof(value), "%u:%u", major(limits->disks[i]),
			 minor(limits->disks[i]));
		add_rate(value, sizeof(value), "rbps", limits->read_bps);
		add_rate(value, sizeof(value), "wbps", limits->write_bps);
		if (cgroup_put(fd, "io.max", value) < 0)
			return -1;
	}
	if (i > 0)
		return 0;
	errno = ENODEV;
	return -1;
}

int cgroup_limits_apply(int fd, const char *path, const struct cgroup_limits *limits,
			unsigned controllers, struct error *err)
{
	static int (*const apply[CGROUP_CONTROLLERS])(
		int fd, const struct cgroup_limits *limits) = { apply_cpu, apply_memory,
								apply_pids, apply_io };
	unsigned wanted = cgroup_limits_need(limits) & controllers;
	int i;

	for (i = 0; i < CGROUP_CONTROLLERS; i++) {
		const char *name = cgroup_controller_name((enum cgroup_controller)i);

		if (!(wanted & CGROUP_BIT(i)) || apply[i](fd, limits) == 0)
			continue;
		(void)error_errno(err, "%s limit in cgroup '%s'", name, path);
		err->kind = ERROR_CONFIG;
		return -1;
	}
	return 0;
}

/* Where the mount of an anonymous device, as of btrfs or an overlay, has its source. */
static dev_t source_of(dev_t device)
{
	auto_buf struct buf text = BUF_EMPTY;
	auto_free char *wanted = str_format(" %u:%u ", major(device), minor(device));
	const char *rest;

	cgroup_take(&text, AT_FDCWD, "/proc/self/mountinfo");
	for (rest = buf_str(&text); rest && *rest;) {
		struct str_view view = str_split(&rest, '\n');
		auto_free char *line = str_format("%.*s", (int)view.len, view.data);
		const char *source = strstr(line, " - ");
		struct stat status;
		auto_free char *path = NULL;

		if (!strstr(line, wanted) || !source ||
		    !(source = strchr(source + 3, ' ')))
			continue;
		path = str_format("%.*s", (int)strcspn(source + 1, " "), source + 1);
		if (path[0] == '/' && stat(path, &status) == 0 && S_ISBLK(status.st_mode))
			return status.st_rdev;
	}
	return 0;
}

dev_t cgroup_disk_of(const char *path)
{
	auto_free char *partition = NULL;
	auto_free char *parent = NULL;
	auto_buf struct buf text = BUF_EMPTY;
	struct stat status;
	dev_t device;
	const char *colon;

	if (stat(path, &status) < 0)
		return 0;
	device = major(status.st_dev) ? status.st_dev : source_of(status.st_dev);
	if (!device)
		return 0;
	partition = str_format("/sys/dev/block/%u:%u/partition", major(device),
			       minor(device));
	if (access(partition, F_OK) < 0)
		return device;
	/* Its folder is in its disk's. */
	parent = str_format("/sys/dev/block/%u:%u/../dev", major(device), minor(device));
	cgroup_take(&text, AT_FDCWD, parent);
	colon = strchr(buf_str(&text), ':');
	if (!colon)
		return device;
	return makedev((unsigned)str_leading_u64(text.data),
		       (unsigned)str_leading_u64(colon + 1));
}

static int bad_cpu(const char *text, struct error *err)
{
	return error_set(err, ERROR_DATA, "'%s' is no number of CPUs, as 1.5", text);
}

int cgroup_parse_cpu(uint64_t *cpu_us, const char *text, struct error *err)
{
	uint64_t whole = 0;
	uint64_t unit = CGROUP_PERIOD_US / 10;
	const char *p;

	for (p = text; *p >= '0' && *p <= '9' && whole <= CPUS_MAX; p++)
		whole = whole * 10 + (uint64_t)(*p - '0');
	if (p == text || whole > CPUS_MAX)
		return bad_cpu(text, err);
	whole *= CGROUP_PERIOD_US;
	if (*p == '.' && p[1]) {
		for (p++; *p >= '0' && *p <= '9' && unit; p++, unit /= 10)
			whole += unit * (uint64_t)(*p - '0');
	}
	if (*p || whole < CPU_LEAST_US)
		return bad_cpu(text, err);
	*cpu_us = whole;
	return 0;
}
