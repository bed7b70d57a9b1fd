#include "lib/cgroup_base.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/path.h"
#include "lib/str.h"

enum { FILE_LIMIT = 1024 * 1024 };

static bool is_cgroup2(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) == 0 && fs.f_type == CGROUP2_SUPER_MAGIC;
}

/* The path behind "0::" in /proc/self/cgroup, the only line of version 2.  Inside a job, or
 * beside one, it is the base of that job: a job's job is its sibling. */
static char *own_path(bool *aside, const char *top)
{
	auto_buf struct buf text = BUF_EMPTY;
	struct error ignored = { 0 };
	const char *line;
	char *path;
	char *ours;

	if (file_read(&text, AT_FDCWD, "/proc/self/cgroup", FILE_LIMIT, &ignored) < 0)
		return NULL;
	line = buf_str(&text);
	if (!str_starts(line, "0::")) {
		line = strstr(line, "\n0::");
		if (!line)
			return NULL;
		line++;
	}
	line += strlen("0::/");
	path = *line == '\n' ? str_dup(top)
			     : str_format("%s/%.*s", top, (int)strcspn(line, "\n"), line);
	ours = strstr(path, "/hooktools/");
	if (!ours)
		return path;
	*aside = str_equal(ours, "/hooktools/supervisors");
	*ours = '\0';
	return path;
}

/* systemd marks what it hands over; the mark of an ordinary user is the owner. */
static bool is_marked(const char *path)
{
	char value[2];

	return getxattr(path, "trusted.delegate", value, sizeof(value)) > 0 ||
	       getxattr(path, "user.delegate", value, sizeof(value)) > 0;
}

static bool is_writable(const char *path)
{
	auto_free char *procs = path_join(path, "cgroup.procs");

	return access(path, W_OK) == 0 && access(procs, W_OK) == 0;
}

/* The nearest group around us that was delegated; the service that it belongs to may have put
 * us further down. */
static char *delegated(const char *top, const char *own)
{
	auto_free char *path = str_dup(own);
	size_t least = strlen(top);

	while (path && strlen(path) > least) {
		if (is_marked(path) && is_writable(path))
			return str_dup(path);
		*strrchr(path, '/') = '\0';
	}
	/* Nobody marked it, but it is an ordinary user's. */
	return own && geteuid() != 0 && is_writable(own) ? str_dup(own) : NULL;
}

/* May we put processes there?  The kernel asks for the nearest group above both places. */
static bool is_in_reach(const char *own, const char *path)
{
	auto_free char *common = str_dup(path);
	size_t i;
	size_t same = 0;

	if (geteuid() == 0)
		return true;
	for (i = 0; own && own[i] && own[i] == path[i]; i++) {
		if (path[i] == '/')
			same = i;
	}
	if (!own || (own[i] == '\0' && path[i] == '/'))
		same = i;
	common[same] = '\0';
	return own && is_writable(common);
}

/* The unit that exists for this: jobs in it outlive the service that starts them. */
static char *anchor(const char *top, const char *own)
{
	static const char unit[] = "runjob-jobs.service";
	auto_free char *system = str_format("%s/system.slice/%s", top, unit);
	auto_free char *user =
		str_format("%s/user.slice/user-%u.slice/user@%u.service/app.slice/%s",
			   top, (unsigned)geteuid(), (unsigned)geteuid(), unit);
	const char *const places[] = { user, system };
	size_t i;

	for (i = 0; i < 2; i++) {
		if (is_marked(places[i]) && is_writable(places[i]) &&
		    is_in_reach(own, places[i]))
			return str_dup(places[i]);
	}
	return NULL;
}

static char *find_base(const char *top)
{
	bool aside = false;
	auto_free char *own = own_path(&aside, top);
	char *found;

	/* A supervisor was put where its job belongs. */
	if (aside)
		return str_dup(own);
	found = anchor(top, own);
	if (!found)
		found = delegated(top, own);
	if (!found && is_writable(top))
		found = str_dup(top);
	return found;
}

int cgroup_find(struct cgroup_base *base, const char *setting, struct error *err)
{
	static const char *const tops[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };
	size_t i;

	*base = (struct cgroup_base)CGROUP_BASE_NONE;
	if (str_equal(setting, "no"))
		return 0;
	base->may_v1 = true;
	if (setting) {
		if (setting[0] != '/' || !is_cgroup2(setting))
			return error_set(err, ERROR_CONFIG,
					 "HOOKTOOLS_CGROUP: '%s' is no cgroup v2 folder",
					 setting);
		base->path = str_dup(setting);
		return 0;
	}
	for (i = 0; i < 2 && !base->path; i++) {
		if (is_cgroup2(tops[i]))
			base->path = find_base(tops[i]);
	}
	return 0;
}

void cgroup_base_free(struct cgroup_base *base)
{
	free(base->path);
	*base = (struct cgroup_base)CGROUP_BASE_NONE;
}

/* One write(2), as the kernel wants it: 0 is the writer. */
static int move_here(int dir_fd)
{
	auto_close int fd = openat(dir_fd, "cgroup.procs", O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, "0", 1) == 1 ? 0 : -1;
}

int cgroup_supervisors(const struct cgroup_base *base)
{
	auto_free char *parent = NULL;
	auto_free char *path = NULL;
	struct error ignored = { 0 };
	int fd = -1;

	if (!base->path)
		return -1;
	parent = path_join(base->path, "hooktools");
	path = path_join(parent, "supervisors");
	if (file_open_dir(&fd, AT_FDCWD, path, &ignored) == 0)
		return fd;
	if ((mkdir(parent, 0755) < 0 && errno != EEXIST) ||
	    (mkdir(path, 0755) < 0 && errno != EEXIST))
		return -1;
	return file_open_dir(&fd, AT_FDCWD, path, &ignored) == 0 ? fd : -1;
}

bool cgroup_is_aside(void)
{
	auto_buf struct buf text = BUF_EMPTY;
	struct error ignored = { 0 };

	return file_read(&text, AT_FDCWD, "/proc/self/cgroup", FILE_LIMIT, &ignored) ==
		       0 &&
	       strstr(buf_str(&text), "/hooktools/supervisors\n");
}

void cgroup_step_aside(const struct cgroup_base *base)
{
	auto_close int fd = cgroup_supervisors(base);

	if (fd >= 0)
		(void)move_here(fd);
}
