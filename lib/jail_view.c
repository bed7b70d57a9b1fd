#include "lib/jail_view.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/jail.h"
#include "lib/path.h"
#include "lib/str.h"

enum { QUIET = MS_NOSUID | MS_NODEV, TREE = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC };

/* No symbolic link is followed: somebody may have put one there since we looked. */
static int open_place(const char *path)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC,
				.resolve = RESOLVE_NO_SYMLINKS };

	return (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
}

/* A copy of what is mounted there, as it is now, with all below it. */
static int take_tree(int *tree_fd, const char *path)
{
	auto_close int fd = open_place(path);

	if (fd < 0)
		return -1;
	*tree_fd =
		(int)syscall(SYS_open_tree, fd, "", TREE | AT_EMPTY_PATH | AT_RECURSIVE);
	return *tree_fd < 0 ? -1 : 0;
}

static int make_read_only(int fd, const char *path, unsigned flags)
{
	struct mount_attr attributes = { .attr_set = MOUNT_ATTR_RDONLY };

	return (int)syscall(SYS_mount_setattr, fd, path, flags, &attributes,
			    sizeof(attributes));
}

static bool is_folder(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
}

static int make_folders(const char *path)
{
	auto_free char *part = str_dup(path);
	char *p;

	for (p = strchr(part + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		if (mkdir(part, 0755) < 0 && errno != EEXIST && errno != EROFS)
			return -1;
		*p = '/';
	}
	return mkdir(path, 0755) < 0 && errno != EEXIST ? -1 : 0;
}

/* In a file system that we have just made empty a place may be missing. */
static int make_place(int *fd, const char *path, bool folder, struct error *err)
{
	auto_free char *above = str_dup(path);
	auto_close int file = -1;

	*fd = open_place(path);
	if (*fd >= 0)
		return 0;
	if (errno == ENOENT) {
		*strrchr(above, '/') = '\0';
		if (make_folders(folder ? path : above) == 0 && !folder)
			file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
		*fd = open_place(path);
	}
	return *fd < 0 ? error_errno(err, "make '%s'", path) : 0;
}

static int put_tree(int tree_fd, const char *path, struct error *err)
{
	auto_close int fd = -1;

	if (make_place(&fd, path, is_folder(tree_fd), err) < 0)
		return -1;
	if (syscall(SYS_move_mount, tree_fd, "", fd, "",
		    MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return error_errno(err, "mount '%s'", path);
	return 0;
}

static int mount_on(const char *path, const char *type, unsigned long flags,
		    const char *data, struct error *err)
{
	auto_close int fd = -1;
	char place[32];

	if (make_place(&fd, path, true, err) < 0)
		return -1;
	/* The place that was opened, whatever its name has become. */
	snprintf(place, sizeof(place), "/proc/self/fd/%d", fd);
	if (mount(type, place, type, flags, data) < 0)
		return error_errno(err, "mount a %s on '%s'", type, path);
	return 0;
}

static int put_device(const char *name, int tree_fd, struct error *err)
{
	auto_free char *path = path_join("/dev", name);

	return put_tree(tree_fd, path, err);
}

/* Those that harm nobody; a disk in /dev would be a way around all else. */
static int make_devices(struct error *err)
{
	static const char *const names[] = { "null",   "zero",	  "full",
					     "random", "urandom", "tty" };
	static const char *const links[][2] = {
		{ "/proc/self/fd", "/dev/fd" },
		{ "/proc/self/fd/0", "/dev/stdin" },
		{ "/proc/self/fd/1", "/dev/stdout" },
		{ "/proc/self/fd/2", "/dev/stderr" },
		{ "pts/ptmx", "/dev/ptmx" },
	};
	int trees[6] = { -1, -1, -1, -1, -1, -1 };
	int failed = 0;
	size_t i;

	for (i = 0; i < 6; i++) {
		auto_free char *path = path_join("/dev", names[i]);

		if (take_tree(&trees[i], path) < 0 && errno != ENOENT)
			failed = error_errno(err, "open '%s'", path);
	}
	if (!failed)
		failed = mount_on("/dev", "tmpfs", MS_NOSUID, "mode=755,size=64k", err);
	for (i = 0; i < 6; i++) {
		if (!failed && trees[i] >= 0)
			failed = put_device(names[i], trees[i], err);
		cleanup_close(&trees[i]);
	}
	for (i = 0; i < sizeof(links) / sizeof(links[0]) && !failed; i++) {
		if (symlink(links[i][0], links[i][1]) < 0)
			failed = error_errno(err, "link '%s'", links[i][1]);
	}
	if (failed)
		return -1;
	return mount_on("/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
			"newinstance,ptmxmode=0666,mode=620", err);
}

/* A folder can be passed through, for what is shown inside of it, and shows nothing. */
static int hide(const char *path, struct error *err)
{
	auto_close int fd = open_place(path);
	int tree = -1;
	int failed;

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return error_errno(err, "open '%s'", path);
	if (is_folder(fd))
		return mount_on(path, "tmpfs", QUIET, "mode=0111,size=64k", err);
	if (take_tree(&tree, "/dev/null") < 0)
		return error_errno(err, "open '/dev/null'");
	failed = put_tree(tree, path, err);
	cleanup_close(&tree);
	return failed;
}

static int show(struct jail_path *path, struct error *err)
{
	switch (path->kind) {
	case JAIL_SCRATCH:
		return mount_on(path->path, "tmpfs", QUIET, "mode=1777", err);
	case JAIL_HIDDEN:
		return hide(path->path, err);
	case JAIL_DEVICES:
		return make_devices(err);
	case JAIL_WRITABLE:
	default:
		return path->tree_fd < 0 ? 0 : put_tree(path->tree_fd, path->path, err);
	}
}

static int take_trees(bool *whole, struct jail *jail, struct error *err)
{
	size_t i;

	for (i = 0; i < jail->count; i++) {
		struct jail_path *path = &jail->paths[i];

		if (path->kind != JAIL_WRITABLE)
			continue;
		if (strcmp(path->path, "/") == 0)
			*whole = true;
		else if (take_tree(&path->tree_fd, path->path) < 0)
			return error_errno(err, "open '%s'", path->path);
	}
	return 0;
}

/* Where root could change the machine itself by writing. */
static int protect_proc(struct error *err)
{
	static const char *const names[] = { "/proc/sys", "/proc/sysrq-trigger",
					     "/proc/irq", "/proc/bus", "/proc/fs" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		auto_close int tree = -1;

		if (take_tree(&tree, names[i]) < 0) {
			if (errno == ENOENT)
				continue;
			return error_errno(err, "open '%s'", names[i]);
		}
		if (make_read_only(tree, "", AT_EMPTY_PATH) < 0)
			return error_errno(err, "make '%s' read-only", names[i]);
		if (put_tree(tree, names[i], err) < 0)
			return -1;
	}
	return 0;
}

static int make_proc(struct jail *jail, struct error *err)
{
	if (mount("proc", "/proc", "proc", QUIET | MS_NOEXEC, NULL) == 0)
		return protect_proc(err);
	if (!jail->relaxed)
		return error_errno(err, "mount a fresh /proc");
	jail->lacks |= JAIL_PROC;
	return 0;
}

static int raise_loopback(struct error *err)
{
	auto_close int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) < 0)
		return error_errno(err, "bring up the loopback interface");
	return 0;
}

/* What was hidden is made read-only last: until then a writable place may lie inside. */
static int close_hidden(const struct jail *jail, struct error *err)
{
	size_t i;

	for (i = 0; i < jail->count; i++) {
		auto_close int fd = -1;

		if (jail->paths[i].kind != JAIL_HIDDEN)
			continue;
		fd = open_place(jail->paths[i].path);
		if (fd >= 0 && is_folder(fd) && make_read_only(fd, "", AT_EMPTY_PATH) < 0)
			return error_errno(err, "make '%s' read-only",
					   jail->paths[i].path);
	}
	return 0;
}

int jail_view_make(struct jail *jail, struct error *err)
{
	bool whole = false;
	size_t i;

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return error_errno(err, "keep its mounts to itself");
	if (take_trees(&whole, jail, err) < 0)
		return -1;
	if (!whole && make_read_only(AT_FDCWD, "/", AT_RECURSIVE) < 0)
		return error_errno(err, "make the system read-only");
	for (i = 0; i < jail->count; i++) {
		if (show(&jail->paths[i], err) < 0)
			return -1;
	}
	if (close_hidden(jail, err) < 0 || make_proc(jail, err) < 0)
		return -1;
	return jail->level == JAIL_STRICT ? raise_loopback(err) : 0;
}
