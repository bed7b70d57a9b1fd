#include "lib/job_remove.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/job.h"
#include "lib/job_number.h"
#include "lib/str.h"

static int empty(int fd, const char *what, struct error *err);

/* A file, or a folder with what is in it. */
static int remove_one(int dir_fd, const char *name, const char *what, struct error *err)
{
	auto_close int fd = -1;

	if (unlinkat(dir_fd, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR)
		return error_errno(err, "remove '%s/%s'", what, name);
	fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, "open '%s/%s'", what, name);
	if (empty(fd, what, err) < 0)
		return -1;
	if (unlinkat(dir_fd, name, AT_REMOVEDIR) < 0)
		return error_errno(err, "remove '%s/%s'", what, name);
	return 0;
}

/* The lock is the last to go, see job_remove. */
static bool stays(const char *name)
{
	return str_equal(name, ".") || str_equal(name, "..") || str_equal(name, "lock");
}

static int empty(int fd, const char *what, struct error *err)
{
	int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_closedir DIR *dir = again < 0 ? NULL : fdopendir(again);
	struct dirent *entry;

	if (!dir)
		return error_errno(err, "list '%s'", what);
	while ((entry = readdir(dir))) {
		if (!stays(entry->d_name) && remove_one(fd, entry->d_name, what, err) < 0)
			return -1;
	}
	return 0;
}

int job_remove(const struct job *job, struct error *err)
{
	job_number_forget(job);
	if (unlinkat(job->fd, "status.json", 0) < 0 && errno != ENOENT)
		return error_errno(err, "remove '%s/status.json'", job->dir);
	if (empty(job->fd, job->dir, err) < 0)
		return -1;
	if (unlinkat(job->fd, "lock", 0) < 0 && errno != ENOENT)
		return error_errno(err, "remove '%s/lock'", job->dir);
	/* One that is not empty belongs to whoever stores a job of this id again by now. */
	if (rmdir(job->dir) < 0 && errno != ENOENT && errno != ENOTEMPTY)
		return error_errno(err, "remove '%s'", job->dir);
	return 0;
}
