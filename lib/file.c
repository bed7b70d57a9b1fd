#include "lib/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/path.h"
#include "lib/str.h"

/* Most files here are small, and need not cost a mapping of their own. */
enum { FIRST_STEP = 4000, READ_STEP = 65536 };

int file_read_fd(struct buf *out, int fd, size_t limit, struct error *err)
{
	size_t before = out->len;
	size_t step = FIRST_STEP;

	for (;; step = READ_STEP) {
		ssize_t got = read(fd, buf_room(out, step), step);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(err, "read");
		if (got == 0)
			return 0;
		buf_grew(out, (size_t)got);
		if (out->len - before > limit)
			return error_set(err, ERROR_DATA, "more than %zu bytes", limit);
	}
}

/* NOLINTNEXTLINE(readability-function-size): a place and two outcomes, nothing to join */
int file_read_if(struct buf *out, bool *found, int dir_fd, const char *path, size_t limit,
		 struct error *err)
{
	auto_close int fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	*found = fd >= 0;
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return error_errno(err, "open '%s'", path);
	if (file_read_fd(out, fd, limit, err) < 0)
		return error_wrap(err, "'%s'", path);
	return 0;
}

int file_read(struct buf *out, int dir_fd, const char *path, size_t limit,
	      struct error *err)
{
	bool found = false;

	if (file_read_if(out, &found, dir_fd, path, limit, err) < 0)
		return -1;
	if (!found) {
		errno = ENOENT;
		return error_errno(err, "open '%s'", path);
	}
	return 0;
}

int file_write(int fd, const void *bytes, size_t len, const char *what, struct error *err)
{
	const char *p = bytes;

	while (len > 0) {
		ssize_t put = write(fd, p, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return error_errno(err, "write '%s'", what);
		p += put;
		len -= (size_t)put;
	}
	return 0;
}

int file_open_dir(int *fd, int dir_fd, const char *path, struct error *err)
{
	int opened = openat(dir_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (opened < 0)
		return error_errno(err, "open folder '%s'", path);
	*fd = opened;
	return 0;
}

int file_sync_dir(int fd, const char *what, struct error *err)
{
	if (fsync(fd) < 0)
		return error_errno(err, "sync folder '%s'", what);
	return 0;
}

static int sync_parent(int dir_fd, const char *path, struct error *err)
{
	auto_free char *parent = str_dup(path);
	auto_close int fd = -1;
	char *slash = strrchr(parent, '/');

	if (!slash)
		return dir_fd == AT_FDCWD ? 0 : file_sync_dir(dir_fd, path, err);
	slash[slash == parent] = '\0';
	if (file_open_dir(&fd, dir_fd, parent, err) < 0)
		return -1;
	return file_sync_dir(fd, parent, err);
}

static int write_durably(int fd, const void *bytes, size_t len, const char *what,
			 struct error *err)
{
	if (file_write(fd, bytes, len, what, err) < 0)
		return -1;
	if (fsync(fd) < 0)
		return error_errno(err, "sync '%s'", what);
	return 0;
}

/* NOLINTNEXTLINE(readability-function-size): a place and its bytes, nothing to join */
int file_replace(int dir_fd, const char *path, const void *bytes, size_t len, mode_t mode,
		 struct error *err)
{
	auto_free char *temporary = str_format("%s.%d.tmp", path, (int)getpid());
	auto_close int fd = -1;

	(void)unlinkat(dir_fd, temporary, 0);
	fd = openat(dir_fd, temporary,
		    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd < 0)
		return error_errno(err, "create '%s'", temporary);
	if (write_durably(fd, bytes, len, temporary, err) < 0) {
		(void)unlinkat(dir_fd, temporary, 0);
		return -1;
	}
	if (close(steal_fd(&fd)) < 0 || renameat(dir_fd, temporary, dir_fd, path) < 0) {
		(void)error_errno(err, "replace '%s'", path);
		(void)unlinkat(dir_fd, temporary, 0);
		return -1;
	}
	return sync_parent(dir_fd, path, err);
}

int file_make_dirs(const char *path, mode_t mode, struct error *err)
{
	auto_free char *copy = str_dup(path);
	char *p;

	for (p = copy + 1; *copy && *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(copy, 0700) < 0 && errno != EEXIST && errno != EROFS)
			return error_errno(err, "make folder '%s'", copy);
		*p = '/';
	}
	if (mkdir(path, mode) < 0 && errno != EEXIST)
		return error_errno(err, "make folder '%s'", path);
	return 0;
}

int file_lock(int *fd, int dir_fd, const char *path, struct error *err)
{
	auto_close int opened = openat(dir_fd, path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (opened < 0)
		return error_errno(err, "open lock '%s'", path);
	while (flock(opened, LOCK_EX) < 0) {
		if (errno != EINTR)
			return error_errno(err, "lock '%s'", path);
	}
	*fd = steal_fd(&opened);
	return 0;
}
