#include "lib/job_group.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/job_entry.h"
#include "lib/job_plan.h"
#include "lib/job_queue.h"
#include "lib/job_status.h"
#include "lib/layout.h"
#include "lib/str.h"

enum { NAME_MAX_LEN = 100, MEMBER_LEN = 16 + 1 + UUID_LEN, OPEN_TRIES = 100 };

bool job_group_is_name(const char *text)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789._@:+/-";
	size_t len = strlen(text);

	return len > 0 && len <= NAME_MAX_LEN && *text != '.' && *text != '/' &&
	       strspn(text, letters) == len;
}

/* A comma takes the place of a slash: no name has one. */
static void folder(char path[static NAME_MAX_LEN + 8], const char *name)
{
	char *p;

	snprintf(path, NAME_MAX_LEN + 8, "groups/%s", name);
	for (p = path + strlen("groups/"); *p; p++) {
		if (*p == '/')
			*p = ',';
	}
}

static int open_locked(int *fd, const struct job_queue *queue, const char *path,
		       struct error *err)
{
	*fd = openat(queue->fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0 && errno != ENOENT)
		return error_errno(err, "open '%s'", path);
	if (*fd >= 0 && flock(*fd, LOCK_EX) < 0)
		return error_errno(err, "lock '%s'", path);
	return 0;
}

/* Whoever leaves last removes the folder; what we have opened may be gone already. */
static bool is_gone(int fd)
{
	struct stat stat;

	return fd < 0 || fstat(fd, &stat) < 0 || stat.st_nlink == 0;
}

int job_group_open(struct job_group *group, const struct job_queue *queue,
		   const char *name, struct error *err)
{
	char path[NAME_MAX_LEN + 8];
	int tries;

	folder(path, name);
	for (tries = 0; tries < OPEN_TRIES; tries++) {
		auto_close int fd = -1;

		if (open_locked(&fd, queue, path, err) < 0)
			return -1;
		if (!is_gone(fd)) {
			group->fd = steal_fd(&fd);
			return 0;
		}
		if ((mkdirat(queue->fd, "groups", 0700) < 0 && errno != EEXIST) ||
		    (mkdirat(queue->fd, path, 0700) < 0 && errno != EEXIST))
			return error_errno(err, "make '%s'", path);
	}
	return error_set(err, ERROR_TEMPORARY, "'%s' comes and goes", path);
}

void job_group_close(struct job_group *group)
{
	cleanup_close(&group->fd);
	group->fd = -1;
}

void job_group_tidy(const struct job_queue *queue, const char *name)
{
	char path[NAME_MAX_LEN + 8];

	folder(path, name);
	(void)unlinkat(queue->fd, path, AT_REMOVEDIR);
}

static void member_name(char name[static MEMBER_LEN], uint64_t order_us,
			const struct job *job)
{
	snprintf(name, MEMBER_LEN, "%016llu-%s",
		 (unsigned long long)order_us % UINT64_C(10000000000000000), job->id);
}

int job_group_join(const struct job_group *group, const struct job_entry *entry,
		   const struct job *job, struct error *err)
{
	auto_free char *target = str_format("../../../%s/%s", job->owner, job->id);
	char name[MEMBER_LEN];

	member_name(name, entry->order_us, job);
	if (symlinkat(target, group->fd, name) < 0 && errno != EEXIST)
		return error_errno(err, "join the group of job '%s'", job->id);
	return 0;
}

void job_group_leave(const struct job_queue *queue, const struct job_plan *plan,
		     const struct job *job)
{
	char path[NAME_MAX_LEN + 8];
	char name[MEMBER_LEN];
	auto_close int fd = -1;

	if (!plan->group)
		return;
	folder(path, plan->group);
	member_name(name, plan->order_us, job);
	fd = openat(queue->fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	(void)unlinkat(fd, name, 0);
	/* Whoever has it is about to join it, or removes it himself. */
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		(void)unlinkat(queue->fd, path, AT_REMOVEDIR);
}

static int oldest_first(const void *a, const void *b)
{
	return strcmp(a, b);
}

static int read_names(struct buf *names, const struct job_group *group, struct error *err)
{
	auto_closedir DIR *dir = NULL;
	int fd = openat(group->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent *entry;

	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir)
		return error_errno(err, "list a group");
	while ((entry = readdir(dir))) {
		if (strlen(entry->d_name) == MEMBER_LEN - 1)
			buf_add(names, entry->d_name, MEMBER_LEN);
	}
	if (names->len)
		qsort(names->data, names->len / MEMBER_LEN, MEMBER_LEN, oldest_first);
	return 0;
}

int job_group_forget(const struct job_group *group, const struct job *job,
		     struct error *err)
{
	auto_buf struct buf names = BUF_EMPTY;
	size_t at;

	if (read_names(&names, group, err) < 0)
		return -1;
	for (at = 0; at < names.len; at += MEMBER_LEN) {
		const char *name = names.data + at;

		if (strcmp(name + MEMBER_LEN - UUID_LEN, job->id) == 0 &&
		    unlinkat(group->fd, name, 0) < 0 && errno != ENOENT)
			return error_errno(err, "leave the group of job '%s'", job->id);
	}
	return 0;
}

/* Is it one that has not ended, and is called so? */
static bool is_wanted(const struct job_place *place, const struct layout *layout,
		      const char *name)
{
	struct layout theirs = *layout;
	auto_job struct job job = JOB_NONE;
	struct job_status status = { 0 };
	struct error ignored = { 0 };
	bool found = false;

	theirs.owner = place->owner;
	if (job_open(&job, &found, &theirs, place->id, &ignored) < 0 || !found ||
	    job_status_now(&status, &found, &job, &ignored) < 0 || !found)
		return false;
	return !job_state_is_final(status.state) &&
	       (!name || str_equal(name, status.name));
}

int job_members_read(struct job_members *members, const struct job_group *group,
		     const struct layout *layout, const struct job_members_what *what,
		     struct error *err)
{
	auto_buf struct buf names = BUF_EMPTY;
	auto_buf struct buf places = BUF_EMPTY;
	size_t at;

	if (read_names(&names, group, err) < 0)
		return -1;
	for (at = 0; at < names.len && members->count < what->limit; at += MEMBER_LEN) {
		struct job_place place = { "", "" };

		if (!job_place_read(&place, group->fd, names.data + at) ||
		    !is_wanted(&place, layout, what->name))
			continue;
		buf_add(&places, &place, sizeof(place));
		members->count++;
	}
	members->places = (struct job_place *)(void *)buf_take(&places);
	return 0;
}

static int sweep_one(const struct job_queue *queue, const struct layout *layout,
		     const char *name, struct error *err)
{
	auto_free char *path = str_format("groups/%s", name);
	auto_job_group struct job_group group = JOB_GROUP_NONE;
	auto_buf struct buf names = BUF_EMPTY;
	size_t at;

	if (open_locked(&group.fd, queue, path, err) < 0)
		return -1;
	if (is_gone(group.fd))
		return 0;
	if (read_names(&names, &group, err) < 0)
		return -1;
	for (at = 0; at < names.len; at += MEMBER_LEN) {
		struct job_place place = { "", "" };

		if (job_place_read(&place, group.fd, names.data + at) &&
		    !is_wanted(&place, layout, NULL))
			(void)unlinkat(group.fd, names.data + at, 0);
	}
	(void)unlinkat(queue->fd, path, AT_REMOVEDIR);
	return 0;
}

int job_group_sweep(const struct job_queue *queue, const struct layout *layout,
		    struct error *err)
{
	int fd = openat(queue->fd, "groups", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_closedir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir)
		return errno == ENOENT ? 0 : error_errno(err, "list the groups");
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] != '.' &&
		    sweep_one(queue, layout, entry->d_name, err) < 0)
			return -1;
	}
	return 0;
}

void job_members_free(struct job_members *members)
{
	free(members->places);
	*members = (struct job_members)JOB_MEMBERS_EMPTY;
}
