#include "lib/pipeline_store.h"

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
#include "lib/file.h"
#include "lib/job.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/str.h"
#include "lib/uuid.h"

enum { RECORD_LIMIT = 64 * 1024 * 1024 };

static const char removed[] = ".removed-";

static int find_path(struct pipeline_store *store, const struct layout *layout,
		     enum pipeline_lock lock, struct error *err)
{
	char owner[JOB_OWNER_LEN];
	auto_free char *jobs = NULL;

	if (lock == PIPELINE_CHANGE) {
		if (job_owner_dir(&jobs, layout, err) < 0)
			return -1;
	} else {
		if (job_owner_find(owner, layout, err) < 0)
			return -1;
		jobs = job_owner_path(layout, owner);
	}
	store->path = path_join(jobs, ".pipelines");
	if (lock == PIPELINE_CHANGE && mkdir(store->path, 0700) < 0 && errno != EEXIST)
		return error_errno(err, "make folder '%s'", store->path);
	return 0;
}

static int take_lock(struct pipeline_store *store, enum pipeline_lock lock,
		     struct error *err)
{
	if (lock == PIPELINE_LOOK)
		return 0;
	store->lock_fd = openat(store->fd, ".lock",
				O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (store->lock_fd < 0)
		return error_errno(err, "open '%s/.lock'", store->path);
	while (flock(store->lock_fd, lock == PIPELINE_START ? LOCK_SH : LOCK_EX) < 0) {
		if (errno != EINTR)
			return error_errno(err, "lock '%s/.lock'", store->path);
	}
	return 0;
}

int pipeline_store_open(struct pipeline_store *store, const struct layout *layout,
			enum pipeline_lock lock, struct error *err)
{
	auto_pipeline_store struct pipeline_store opened = PIPELINE_STORE_NONE;

	if (find_path(&opened, layout, lock, err) < 0)
		return -1;
	opened.fd = open(opened.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (opened.fd < 0 && (errno != ENOENT || lock == PIPELINE_CHANGE))
		return error_errno(err, "open folder '%s'", opened.path);
	if (opened.fd >= 0 && take_lock(&opened, lock, err) < 0)
		return -1;
	*store = opened;
	opened = (struct pipeline_store)PIPELINE_STORE_NONE;
	return 0;
}

void pipeline_store_close(struct pipeline_store *store)
{
	cleanup_close(&store->fd);
	cleanup_close(&store->lock_fd);
	free(store->path);
	*store = (struct pipeline_store)PIPELINE_STORE_NONE;
}

/* A folder of its own, whose entries are read; NULL when it cannot be. */
static DIR *open_list(int dir_fd, const char *path)
{
	int fd = openat(dir_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir && fd >= 0)
		cleanup_close(&fd);
	return dir;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

int pipeline_names_read(struct pipeline_names *names, const struct pipeline_store *store,
			struct error *err)
{
	auto_closedir DIR *dir = store->fd < 0 ? NULL : open_list(store->fd, ".");
	auto_buf struct buf found = BUF_EMPTY;
	const struct dirent *entry;

	if (!dir && store->fd >= 0)
		return error_errno(err, "list '%s'", store->path);
	while (dir && (entry = readdir(dir))) {
		char name[PIPELINE_NAME_LEN] = { 0 };

		if (!str_is_identifier(entry->d_name))
			continue;
		snprintf(name, sizeof(name), "%.32s", entry->d_name);
		buf_add(&found, name, sizeof(name));
	}
	names->count = found.len / PIPELINE_NAME_LEN;
	names->names = (char(*)[PIPELINE_NAME_LEN])buf_take(&found);
	qsort(names->names, names->count, PIPELINE_NAME_LEN, by_name);
	return 0;
}

void pipeline_names_free(struct pipeline_names *names)
{
	free(names->names);
	*names = (struct pipeline_names)PIPELINE_NAMES_EMPTY;
}

static int by_number(const void *a, const void *b)
{
	const uint64_t *left = a;
	const uint64_t *right = b;

	return *left < *right ? -1 : *left > *right;
}

static int read_versions(struct pipeline_folder *folder, struct error *err)
{
	auto_closedir DIR *dir = open_list(folder->fd, "versions");
	auto_buf struct buf found = BUF_EMPTY;
	const struct dirent *entry;

	if (!dir && errno != ENOENT)
		return error_errno(err, "list the versions of '%s'", folder->name);
	while (dir && (entry = readdir(dir))) {
		uint64_t number = str_leading_u64(entry->d_name);
		auto_free char *name =
			str_format("%llu.json", (unsigned long long)number);

		if (number && str_equal(name, entry->d_name))
			buf_add(&found, &number, sizeof(number));
	}
	folder->count = found.len / sizeof(*folder->versions);
	folder->versions = (uint64_t *)(void *)buf_take(&found);
	qsort(folder->versions, folder->count, sizeof(*folder->versions), by_number);
	return 0;
}

static int absent(struct error *err, const char *name)
{
	return error_set(err, ERROR_ABSENT, "pipeline '%s' is not registered", name);
}

int pipeline_folder_open(struct pipeline_folder *folder,
			 const struct pipeline_store *store, const char *name,
			 struct error *err)
{
	auto_pipeline_folder struct pipeline_folder opened = PIPELINE_FOLDER_NONE;

	snprintf(opened.name, sizeof(opened.name), "%s", name);
	if (store->fd < 0)
		return absent(err, name);
	opened.fd = openat(store->fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (opened.fd < 0)
		return errno == ENOENT
			       ? absent(err, name)
			       : error_errno(err, "open '%s/%s'", store->path, name);
	if (read_versions(&opened, err) < 0)
		return -1;
	/* Its registration was cut off. */
	if (!opened.count)
		return absent(err, name);
	*folder = opened;
	opened = (struct pipeline_folder)PIPELINE_FOLDER_NONE;
	return 0;
}

static int make_dir(int dir_fd, const char *name, struct error *err)
{
	if (mkdirat(dir_fd, name, 0700) < 0 && errno != EEXIST)
		return error_errno(err, "make folder '%s'", name);
	return 0;
}

/* Remove the files whose names end so. */
static void empty(int dir_fd, const char *path, const char *end)
{
	auto_closedir DIR *dir = open_list(dir_fd, path);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		if (str_ends(entry->d_name, end))
			(void)unlinkat(dirfd(dir), entry->d_name, 0);
	}
}

void pipeline_folder_tidy(const struct pipeline_folder *folder)
{
	empty(folder->fd, ".", ".tmp");
	empty(folder->fd, "versions", ".tmp");
}

/* What was forgotten, now or when somebody was killed at it: only room on the disk. */
static void sweep(const struct pipeline_store *store)
{
	auto_closedir DIR *dir = open_list(store->fd, ".");
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		auto_close int fd = -1;

		if (!str_starts(entry->d_name, removed))
			continue;
		fd = openat(store->fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		empty(fd, "versions", "");
		empty(fd, "runs", "");
		(void)unlinkat(fd, "versions", AT_REMOVEDIR);
		(void)unlinkat(fd, "runs", AT_REMOVEDIR);
		empty(fd, ".", "");
		(void)unlinkat(store->fd, entry->d_name, AT_REMOVEDIR);
	}
}

int pipeline_folder_make(struct pipeline_folder *folder,
			 const struct pipeline_store *store, const char *name,
			 struct error *err)
{
	auto_pipeline_folder struct pipeline_folder made = PIPELINE_FOLDER_NONE;

	snprintf(made.name, sizeof(made.name), "%s", name);
	if (make_dir(store->fd, name, err) < 0 ||
	    file_open_dir(&made.fd, store->fd, name, err) < 0 ||
	    make_dir(made.fd, "versions", err) < 0 ||
	    make_dir(made.fd, "runs", err) < 0 || file_sync_dir(made.fd, name, err) < 0 ||
	    file_sync_dir(store->fd, store->path, err) < 0 ||
	    read_versions(&made, err) < 0)
		return -1;
	pipeline_folder_tidy(&made);
	sweep(store);
	*folder = made;
	made = (struct pipeline_folder)PIPELINE_FOLDER_NONE;
	return 0;
}

int pipeline_folder_remove(struct pipeline_folder *folder,
			   const struct pipeline_store *store, struct error *err)
{
	char id[UUID_LEN];
	auto_free char *name = NULL;

	uuid_random(id);
	name = str_format("%s%s", removed, id);
	if (renameat(store->fd, folder->name, store->fd, name) < 0)
		return error_errno(err, "remove '%s/%s'", store->path, folder->name);
	if (file_sync_dir(store->fd, store->path, err) < 0)
		return -1;
	pipeline_folder_close(folder);
	sweep(store);
	return 0;
}

void pipeline_folder_close(struct pipeline_folder *folder)
{
	cleanup_close(&folder->fd);
	free(folder->versions);
	*folder = (struct pipeline_folder)PIPELINE_FOLDER_NONE;
}

uint64_t pipeline_newest(const struct pipeline_folder *folder)
{
	return folder->count ? folder->versions[folder->count - 1] : 0;
}

int pipeline_version_read(struct buf *text, const struct pipeline_folder *folder,
			  uint64_t version, struct error *err)
{
	auto_free char *path =
		str_format("versions/%llu.json", (unsigned long long)version);
	bool found = false;

	if (file_read_if(text, &found, folder->fd, path, RECORD_LIMIT, err) < 0)
		return -1;
	if (found)
		return 0;
	return error_set(err, ERROR_ABSENT,
			 "pipeline '%s' has no version %llu; the newest is %llu",
			 folder->name, (unsigned long long)version,
			 (unsigned long long)pipeline_newest(folder));
}

int pipeline_version_add(const struct pipeline_folder *folder, const struct buf *text,
			 struct error *err)
{
	auto_free char *path = str_format(
		"versions/%llu.json", (unsigned long long)pipeline_newest(folder) + 1);

	return file_replace(folder->fd, path, text->data, text->len, 0600, err);
}
