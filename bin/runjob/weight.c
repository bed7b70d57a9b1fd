#include "bin/runjob/weight.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/job.h"
#include "lib/str.h"

enum { BLOCK = 512 }; /* of stat(2), whatever the disk's are */

static int add_folder(uint64_t *bytes, int dir_fd, const char *name, struct error *err);

static int add(uint64_t *bytes, int dir_fd, const char *name, struct error *err)
{
	struct stat info = { 0 };

	if (fstatat(dir_fd, name, &info, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : error_errno(err, "look at '%s'", name);
	*bytes += (uint64_t)info.st_blocks * BLOCK;
	return S_ISDIR(info.st_mode) ? add_folder(bytes, dir_fd, name, err) : 0;
}

static int add_folder(uint64_t *bytes, int dir_fd, const char *name, struct error *err)
{
	int fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	auto_closedir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir)
		return errno == ENOENT ? 0 : error_errno(err, "list '%s'", name);
	while ((entry = readdir(dir))) {
		if (!str_equal(entry->d_name, ".") && !str_equal(entry->d_name, "..") &&
		    add(bytes, fd, entry->d_name, err) < 0)
			return -1;
	}
	return 0;
}

int weight_of(uint64_t *bytes, const struct job *job, struct error *err)
{
	uint64_t counted = 0;

	if (add(&counted, job->fd, ".", err) < 0)
		return error_wrap(err, "'%s'", job->dir);
	*bytes = counted;
	return 0;
}
