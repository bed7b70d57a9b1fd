#include "lib/job_results.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job.h"
#include "lib/job_status.h"

enum { SIZE_MAX_BYTES = 32 << 20, TRIES = 10 };
static const char path[] = "../" JOB_RESULTS;
static const char old_path[] = "../" JOB_RESULTS_OLD;

/* Is it the file of that name still? */
static bool is_current(const struct job *job, const struct stat *ours)
{
	struct stat named = { 0 };

	return fstatat(job->fd, path, &named, 0) == 0 && named.st_ino == ours->st_ino &&
	       named.st_dev == ours->st_dev;
}

/* Locked, so that it is ours to write and to put away; -1 in *fd: try again. */
static int take(int *fd, const struct job *job, struct error *err)
{
	struct stat info = { 0 };

	*fd = openat(job->fd, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (*fd < 0 || flock(*fd, LOCK_EX) < 0 || fstat(*fd, &info) < 0)
		return error_errno(err, "open '%s/%s'", job->dir, path);
	if (is_current(job, &info) && info.st_size < SIZE_MAX_BYTES)
		return 0;
	if (is_current(job, &info) && renameat(job->fd, path, job->fd, old_path) < 0)
		return error_errno(err, "put away '%s/%s'", job->dir, path);
	close(steal_fd(fd));
	return 0;
}

int job_results_add(const struct job *job, const struct job_status *status,
		    struct error *err)
{
	auto_buf struct buf line = BUF_EMPTY;
	auto_close int fd = -1;
	int tries;

	for (tries = 0; fd < 0 && tries < TRIES; tries++) {
		if (take(&fd, job, err) < 0)
			return -1;
	}
	if (fd < 0)
		return error_set(err, ERROR_TEMPORARY, "'%s/%s' is put away all the time",
				 job->dir, path);
	job_status_dump(&line, job, status);
	buf_add_char(&line, '\n');
	return file_write(fd, line.data, line.len, JOB_RESULTS, err);
}
