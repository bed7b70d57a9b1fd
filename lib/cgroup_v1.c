#include "lib/cgroup_v1.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cgroup.h"
#include "lib/cgroup_file.h"
#include "lib/cgroup_usage.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/str.h"

enum { MAKE_ROUNDS = 1000, ROOT_FIELD = 3 };

/* What version 1 calls the controllers. */
static const char *const names[CGROUP_CONTROLLERS] = { "cpu", "memory", "pids", "blkio" };

/* Is the name one of those between commas? */
static bool lists(const char *list, size_t len, const char *name)
{
	size_t size = strlen(name);
	const char *p = list;

	while (p + size <= list + len) {
		size_t part = strcspn(p, ",: \n");

		if (part == size && strncmp(p, name, size) == 0)
			return true;
		p += part + 1;
	}
	return false;
}

/* Our own group: the path of the line "N:controllers:path" of /proc/self/cgroup. */
static char *own_path(const char *lines, const char *name)
{
	const char *rest;

	for (rest = lines; rest && *rest;) {
		struct str_view line = str_split(&rest, '\n');
		const char *list = memchr(line.data, ':', line.len);
		const char *path = list ? strchr(list + 1, ':') : NULL;
		char *own;
		char *ours;

		if (!path || path >= line.data + line.len ||
		    !lists(list + 1, (size_t)(path - list - 1), name))
			continue;
		own = str_format("%.*s", (int)(line.data + line.len - path - 1),
				 path + 1);
		/* A job's job is its sibling. */
		ours = strstr(own, "/hooktools/");
		if (ours)
			*ours = '\0';
		return own;
	}
	return NULL;
}

/* The mount point of a line of mountinfo that is this controller's, version 1. */
static char *mount_of(struct str_view line, const char *name)
{
	auto_free char *text = str_format("%.*s", (int)line.len, line.data);
	const char *type = strstr(text, " - cgroup ");
	const char *options = type ? strrchr(type, ' ') : NULL;
	const char *field = text;
	int i;

	if (!options || !lists(options + 1, strlen(options + 1), name))
		return NULL;
	for (i = 0; field && i <= ROOT_FIELD; i++)
		field = strchr(field + 1, ' ');
	return field ? str_format("%.*s", (int)strcspn(field + 1, " "), field + 1) : NULL;
}

static char *find_one(const char *mounts, const char *own, const char *name)
{
	const char *rest;

	for (rest = mounts; rest && *rest;) {
		auto_free char *mount = mount_of(str_split(&rest, '\n'), name);
		auto_free char *where = own_path(own, name);
		char *path;

		if (!mount)
			continue;
		path = str_format("%s%s", mount, where ? where : "");
		/* In a namespace, or a container, it may be out of sight. */
		if (access(path, W_OK) == 0)
			return path;
		free(path);
		return access(mount, W_OK) == 0 ? str_dup(mount) : NULL;
	}
	return NULL;
}

unsigned cgroup_v1_find(struct cgroup_v1 *base)
{
	auto_buf struct buf mounts = BUF_EMPTY;
	auto_buf struct buf own = BUF_EMPTY;
	unsigned found = 0;
	int i;

	cgroup_take(&mounts, AT_FDCWD, "/proc/self/mountinfo");
	cgroup_take(&own, AT_FDCWD, "/proc/self/cgroup");
	for (i = 0; i < CGROUP_CONTROLLERS; i++) {
		base->paths[i] = find_one(buf_str(&mounts), buf_str(&own), names[i]);
		if (base->paths[i])
			found |= CGROUP_BIT(i);
	}
	return found;
}

static int limit_cpu(int fd, const struct cgroup_limits *limits)
{
	if (cgroup_put_u64(fd, "cpu.cfs_period_us", CGROUP_PERIOD_US) < 0)
		return -1;
	return cgroup_put_u64(fd, "cpu.cfs_quota_us", limits->cpu_us);
}

static int limit_memory(int fd, const struct cgroup_limits *limits)
{
	if (cgroup_put_u64(fd, "memory.limit_in_bytes", limits->memory_bytes) < 0)
		return -1;
	/* Of memory and swap together; not there without swap accounting, and not below the
	 * other one at any time. */
	if (cgroup_put_u64(fd, "memory.memsw.limit_in_bytes", limits->memory_bytes) < 0 &&
	    errno != ENOENT && errno != EOPNOTSUPP)
		return -1;
	return 0;
}

static int limit_pids(int fd, const struct cgroup_limits *limits)
{
	return cgroup_put_u64(fd, "pids.max", limits->pids);
}

static int limit_rate(int fd, const char *name, dev_t disk, uint64_t rate)
{
	char value[64];

	if (!rate)
		return 0;
	snprintf(value, sizeof(value), "%u:%u %llu", major(disk), minor(disk),
		 (unsigned long long)rate);
	return cgroup_put(fd, name, value);
}

static int limit_io(int fd, const struct cgroup_limits *limits)
{
	size_t i;

	for (i = 0; i < CGROUP_DISKS && limits->disks[i]; i++) {
		if (limit_rate(fd, "blkio.throttle.read_bps_device", limits->disks[i],
			       limits->read_bps) < 0 ||
		    limit_rate(fd, "blkio.throttle.write_bps_device", limits->disks[i],
			       limits->write_bps) < 0)
			return -1;
	}
	if (i > 0)
		return 0;
	errno = ENODEV;
	return -1;
}

static int limit(int controller, const char *path, const struct cgroup_limits *limits,
		 struct error *err)
{
	static int (*const apply[CGROUP_CONTROLLERS])(
		int fd, const struct cgroup_limits *limits) = { limit_cpu, limit_memory,
								limit_pids, limit_io };
	auto_close int fd = -1;

	if (file_open_dir(&fd, AT_FDCWD, path, err) < 0)
		return -1;
	if (!(cgroup_limits_need(limits) & CGROUP_BIT(controller)) ||
	    apply[controller](fd, limits) == 0)
		return 0;
	(void)error_errno(err, "%s limit in cgroup '%s'",
			  cgroup_controller_name((enum cgroup_controller)controller),
			  path);
	err->kind = ERROR_CONFIG;
	return -1;
}

/* *path stays NULL when the owner's group went meanwhile. */
static int try_one(char **path, int controller, const char *base,
		   const struct cgroup_want *want, struct error *err)
{
	auto_free char *top = str_format("%s/hooktools", base);
	auto_free char *owner = str_format("%s/%s", top, want->owner);
	auto_free char *job = str_format("%s/%s", owner, want->name);

	if ((mkdir(top, 0755) < 0 && errno != EEXIST) ||
	    (mkdir(owner, 0755) < 0 && errno != EEXIST))
		return error_errno(err, "make cgroup '%s'", owner);
	if (mkdir(job, 0755) < 0 && errno == EEXIST) {
		free(job);
		job = str_format("%s/%s.%d", owner, want->name, (int)getpid());
		if (mkdir(job, 0755) < 0 && errno != ENOENT)
			return error_errno(err, "make cgroup '%s'", job);
	}
	if (access(job, F_OK) < 0)
		return 0;
	*path = job;
	job = NULL;
	return limit(controller, owner, want->roof, err) < 0 ||
			       limit(controller, *path, want->limits, err) < 0
		       ? -1
		       : 0;
}

int cgroup_v1_make(struct cgroup_v1 *groups, unsigned controllers,
		   const struct cgroup_v1 *base, const struct cgroup_want *want,
		   struct error *err)
{
	int rounds;
	int i;

	for (i = 0; i < CGROUP_CONTROLLERS; i++) {
		if (!(controllers & CGROUP_BIT(i)) || !base->paths[i])
			continue;
		for (rounds = 0; rounds < MAKE_ROUNDS && !groups->paths[i]; rounds++) {
			if (try_one(&groups->paths[i], i, base->paths[i], want, err) < 0)
				return -1;
		}
		if (!groups->paths[i])
			return error_set(err, ERROR_TEMPORARY,
					 "cgroup '%s' goes again and again",
					 base->paths[i]);
	}
	return 0;
}

int cgroup_v1_enter(const struct cgroup_v1 *groups, pid_t pid, struct error *err)
{
	int i;

	for (i = 0; i < CGROUP_CONTROLLERS; i++) {
		auto_close int fd = -1;

		if (!groups->paths[i])
			continue;
		if (file_open_dir(&fd, AT_FDCWD, groups->paths[i], err) < 0)
			return -1;
		if (cgroup_put_u64(fd, "cgroup.procs", (uint64_t)pid) < 0)
			return error_errno(err, "move process %d to cgroup '%s'",
					   (int)pid, groups->paths[i]);
	}
	return 0;
}

static void use_cpu(struct cgroup_usage *usage, int fd)
{
	usage->throttled_us = cgroup_number(fd, "cpu.stat", "throttled_time") / 1000;
}

static void use_memory(struct cgroup_usage *usage, int fd)
{
	uint64_t limit_bytes = cgroup_number(fd, "memory.limit_in_bytes", "");

	usage->has_memory = true;
	usage->memory_bytes = cgroup_number(fd, "memory.usage_in_bytes", "");
	usage->memory_peak = cgroup_number(fd, "memory.max_usage_in_bytes", "");
	usage->oom_kills = cgroup_number(fd, "memory.oom_control", "oom_kill");
	/* Not each kernel counts the failures, but who was killed far from it met another's
	 * limit. */
	usage->oom = cgroup_number(fd, "memory.failcnt", "") +
		     cgroup_number(fd, "memory.memsw.failcnt", "");
	if (usage->memory_peak >= limit_bytes - limit_bytes / 16)
		usage->oom++;
}

static void use_pids(struct cgroup_usage *usage, int fd)
{
	usage->pids = cgroup_number(fd, "pids.current", "");
	usage->pids_peak = cgroup_number(fd, "pids.peak", "");
	usage->has_pids = usage->pids_peak > 0;
	usage->forks_refused = cgroup_number(fd, "pids.events", "max");
}

static void use_io(struct cgroup_usage *usage, int fd)
{
	auto_buf struct buf text = BUF_EMPTY;

	cgroup_take(&text, fd, "blkio.throttle.io_service_bytes");
	usage->has_io = true;
	usage->read_bytes = cgroup_sum_in(&text, " Read ");
	usage->write_bytes = cgroup_sum_in(&text, " Write ");
}

void cgroup_v1_usage(struct cgroup_usage *usage, const struct cgroup_v1 *groups)
{
	static void (*const use[CGROUP_CONTROLLERS])(struct cgroup_usage * usage,
						     int fd) = { use_cpu, use_memory,
								 use_pids, use_io };
	struct error ignored = { 0 };
	int i;

	for (i = 0; i < CGROUP_CONTROLLERS; i++) {
		auto_close int fd = -1;

		if (groups->paths[i] &&
		    file_open_dir(&fd, AT_FDCWD, groups->paths[i], &ignored) == 0)
			use[i](usage, fd);
	}
}

void cgroup_v1_dump(struct buf *out, const struct cgroup_v1 *groups)
{
	int i;

	for (i = 0; i < CGROUP_CONTROLLERS; i++) {
		if (groups->paths[i])
			buf_add_format(out, "%s %s\n", names[i], groups->paths[i]);
	}
}

void cgroup_v1_take(struct cgroup_v1 *groups, const char *lines)
{
	const char *rest;
	int i;

	for (rest = lines; rest && *rest;) {
		struct str_view line = str_split(&rest, '\n');

		for (i = 0; i < CGROUP_CONTROLLERS; i++) {
			size_t len = strlen(names[i]);

			if (groups->paths[i] || line.len < len + 2 ||
			    strncmp(line.data, names[i], len) != 0 ||
			    line.data[len] != ' ')
				continue;
			groups->paths[i] = str_format("%.*s", (int)(line.len - len - 1),
						      line.data + len + 1);
		}
	}
}

void cgroup_v1_remove(const struct cgroup_v1 *groups)
{
	int i;

	for (i = 0; i < CGROUP_CONTROLLERS; i++) {
		auto_free char *owner = str_dup(groups->paths[i]);

		if (!owner)
			continue;
		(void)rmdir(groups->paths[i]);
		*strrchr(owner, '/') = '\0';
		(void)rmdir(owner);
	}
}

void cgroup_v1_free(struct cgroup_v1 *groups)
{
	int i;

	for (i = 0; i < CGROUP_CONTROLLERS; i++) {
		free(groups->paths[i]);
		groups->paths[i] = NULL;
	}
}
