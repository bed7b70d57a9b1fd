#include "lib/job.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/str.h"

int job_owner_dir(char **path, const struct layout *layout, struct error *err)
{
	auto_free char *dir = NULL;
	char owner[JOB_OWNER_LEN];

	if (job_owner_find(owner, layout, err) < 0)
		return -1;
	dir = job_owner_path(layout, owner);
	if (file_make_dirs(dir, 0700, err) < 0)
		return -1;
	*path = dir;
	dir = NULL;
	return 0;
}

static void fill(struct job *job, const char *owner, char *dir, int fd)
{
	const char *id = strrchr(dir, '/') + 1;

	snprintf(job->owner, sizeof(job->owner), "%s", owner);
	snprintf(job->id, sizeof(job->id), "%s", id);
	job->dir = dir;
	job->fd = fd;
}

/* The id becomes a file name: nothing but a UUID may. */
static int check_id(const char *id, struct error *err)
{
	if (!uuid_is_valid(id))
		return error_set(err, ERROR_USAGE, "'%s' is no job id (a UUID)", id);
	return 0;
}

/* layout->owner is the one whose folder it is. */
static int open_of(struct job *job, bool *found, const struct layout *layout,
		   const char *id, struct error *err)
{
	auto_free char *above = job_owner_path(layout, layout->owner);
	auto_free char *dir = path_join(above, id);
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	*found = fd >= 0;
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return error_errno(err, "open job '%s'", dir);
	fill(job, layout->owner, dir, fd);
	dir = NULL;
	return 0;
}

int job_open(struct job *job, bool *found, const struct layout *layout, const char *id,
	     struct error *err)
{
	struct layout theirs = *layout;
	char owner[JOB_OWNER_LEN];

	if (check_id(id, err) < 0 || job_owner_find(owner, layout, err) < 0)
		return -1;
	theirs.owner = owner;
	return open_of(job, found, &theirs, id, err);
}

int job_find(struct job *job, bool *found, const struct layout *layout, const char *id,
	     struct error *err)
{
	auto_job_owners struct job_owners owners = JOB_OWNERS_EMPTY;
	struct layout theirs = *layout;
	size_t i;

	*found = false;
	if (check_id(id, err) < 0 || job_owners_read(&owners, layout, err) < 0)
		return -1;
	for (i = 0; i < owners.count && !*found; i++) {
		theirs.owner = owners.names[i];
		if (open_of(job, found, &theirs, id, err) < 0)
			return -1;
	}
	return 0;
}

int job_make(struct job *job, bool *made, const struct layout *layout, const char *id,
	     struct error *err)
{
	char owner[JOB_OWNER_LEN];
	auto_free char *above = NULL;
	auto_free char *dir = NULL;
	auto_close int fd = -1;

	if (check_id(id, err) < 0 || job_owner_find(owner, layout, err) < 0)
		return -1;
	above = job_owner_path(layout, owner);
	dir = path_join(above, id);
	*made = mkdir(dir, 0700) == 0;
	if (!*made && errno == ENOENT) {
		if (file_make_dirs(above, 0700, err) < 0)
			return -1;
		*made = mkdir(dir, 0700) == 0;
	}
	if (!*made && errno != EEXIST)
		return error_errno(err, "make job '%s'", dir);
	if (file_open_dir(&fd, AT_FDCWD, dir, err) < 0)
		return -1;
	fill(job, owner, dir, steal_fd(&fd));
	dir = NULL;
	return 0;
}

void job_close(struct job *job)
{
	free(job->dir);
	cleanup_close(&job->fd);
	*job = (struct job)JOB_NONE;
}

/* The status is the first to go. */
bool job_is_removed(const struct job *job)
{
	return faccessat(job->fd, "status.json", F_OK, 0) < 0 && errno == ENOENT;
}

int job_say_removed(const char *id, struct error *err)
{
	return error_set(err, ERROR_ABSENT, "job '%s' has just been removed", id);
}

/* Of the open file description, so that a child inherits it, and asking takes nothing. */
static int whole_file(int fd, int command, struct flock *lock)
{
	*lock = (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET };
	return fcntl(fd, command, lock);
}

/* A number without an end of its line is that of nobody who lives. */
static int end_former(int fd, off_t len)
{
	char last = '\0';

	if (len == 0)
		return 0;
	if (pread(fd, &last, 1, len - 1) < 0)
		return -1;
	return last == '\n' ? ftruncate(fd, len - 1) : 0;
}

static int take_lock(int *fd, const struct job *job, int flags, struct error *err)
{
	auto_close int opened = openat(job->fd, "lock", O_RDWR | O_CLOEXEC | flags, 0600);
	struct flock lock;
	struct stat stat;

	if (opened < 0 && errno == ENOENT)
		return job_say_removed(job->id, err);
	if (opened < 0)
		return error_errno(err, "open lock of job '%s'", job->id);
	if (whole_file(opened, F_OFD_SETLK, &lock) < 0) {
		if (errno != EAGAIN && errno != EACCES)
			return error_errno(err, "lock job '%s'", job->id);
		return 0;
	}
	if (fstat(opened, &stat) < 0 || end_former(opened, stat.st_size) < 0)
		return error_errno(err, "take over the lock of job '%s'", job->id);
	/* Whoever removes a job holds its lock to the end. */
	if (!stat.st_nlink)
		return job_say_removed(job->id, err);
	*fd = steal_fd(&opened);
	return 0;
}

int job_lock(int *fd, const struct job *job, struct error *err)
{
	return take_lock(fd, job, O_CREAT, err);
}

int job_lock_again(int *fd, const struct job *job, struct error *err)
{
	return take_lock(fd, job, 0, err);
}

int job_has_supervisor(bool *alive, const struct job *job, struct error *err)
{
	auto_close int fd = openat(job->fd, "lock", O_RDONLY | O_CLOEXEC);
	struct flock lock;

	*alive = false;
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return error_errno(err, "open lock of job '%s'", job->id);
	if (whole_file(fd, F_OFD_GETLK, &lock) < 0)
		return error_errno(err, "look at the lock of job '%s'", job->id);
	*alive = lock.l_type != F_UNLCK;
	return 0;
}

static int newest_first(const void *a, const void *b)
{
	return strcmp(b, a);
}

int job_list_read(struct job_list *list, const struct layout *layout, struct error *err)
{
	char owner[JOB_OWNER_LEN];
	auto_free char *path = NULL;
	auto_closedir DIR *dir = NULL;
	auto_buf struct buf ids = BUF_EMPTY;
	struct dirent *entry;

	if (job_owner_find(owner, layout, err) < 0)
		return -1;
	path = job_owner_path(layout, owner);
	dir = opendir(path);
	if (!dir && errno == ENOENT)
		return 0;
	if (!dir)
		return error_errno(err, "list '%s'", path);
	while ((entry = readdir(dir))) {
		if (uuid_is_valid(entry->d_name))
			buf_add(&ids, entry->d_name, UUID_LEN);
	}
	list->count = ids.len / UUID_LEN;
	list->ids = (char(*)[UUID_LEN])buf_take(&ids);
	qsort(list->ids, list->count, UUID_LEN, newest_first);
	return 0;
}

void job_list_free(struct job_list *list)
{
	free(list->ids);
	*list = (struct job_list)JOB_LIST_EMPTY;
}
