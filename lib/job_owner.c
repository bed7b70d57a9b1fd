#include "lib/job_owner.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/hex.h"
#include "lib/layout.h"
#include "lib/str.h"

enum { HASH_BYTES = 32, DIGITS = JOB_OWNER_LEN - 1, WITH_COLONS = HASH_BYTES * 3 - 1 };

void job_owner_self(char owner[static JOB_OWNER_LEN])
{
	snprintf(owner, JOB_OWNER_LEN, "%056d%08x", 0, (unsigned)geteuid());
}

bool job_owner_parse(char owner[static JOB_OWNER_LEN], const char *text)
{
	size_t len = strlen(text);
	bool has_colons = len == WITH_COLONS;
	uint8_t bytes[HASH_BYTES];
	char digits[JOB_OWNER_LEN];
	size_t i;

	if (!has_colons && len != DIGITS)
		return false;
	for (i = 0; i < DIGITS; i++)
		digits[i] = text[has_colons ? i + i / 2 : i];
	for (i = 2; has_colons && i < len; i += 3) {
		if (text[i] != ':')
			return false;
	}
	if (!hex_decode(bytes, HASH_BYTES, digits, DIGITS))
		return false;
	hex_encode(owner, bytes, HASH_BYTES);
	return true;
}

char *job_owner_path(const struct layout *layout, const char *owner)
{
	return str_format("%s/jobs/%s", layout->state, owner);
}

/* As a file in the tree is named: nothing else becomes a part of a path. */
static bool is_owner(const char *text)
{
	char owner[JOB_OWNER_LEN];

	return job_owner_parse(owner, text) && str_equal(owner, text);
}

/* owner stays as it is where no link has its name. */
static int follow_link(char owner[static JOB_OWNER_LEN], const struct layout *layout,
		       struct error *err)
{
	auto_free char *path = job_owner_path(layout, owner);
	char target[JOB_OWNER_LEN + 1] = "";
	ssize_t len = readlink(path, target, JOB_OWNER_LEN);

	if (len < 0 && (errno == EINVAL || errno == ENOENT))
		return 0;
	if (len < 0)
		return error_errno(err, "look at '%s'", path);
	if (!is_owner(target))
		return error_set(err, ERROR_DATA, "link '%s' leads to no owner", path);
	memcpy(owner, target, JOB_OWNER_LEN);
	return 0;
}

static int parse(char owner[static JOB_OWNER_LEN], const char *text, struct error *err)
{
	if (job_owner_parse(owner, text))
		return 0;
	return error_set(err, ERROR_USAGE,
			 "'%s' is no owner of jobs (a SHA-256 fingerprint)", text);
}

int job_owner_find(char owner[static JOB_OWNER_LEN], const struct layout *layout,
		   struct error *err)
{
	if (layout->owner)
		return parse(owner, layout->owner, err) < 0
			       ? -1
			       : follow_link(owner, layout, err);
	job_owner_self(owner);
	return 0;
}

static int make_link(const char *owner, const char *path, struct error *err)
{
	/* One without jobs may have been made by looking. */
	if (rmdir(path) < 0 && errno != ENOENT) {
		if (errno != ENOTEMPTY && errno != EEXIST)
			return error_errno(err, "replace '%s'", path);
		return error_set(err, ERROR_DENIED, "'%s' has jobs of its own", path);
	}
	if (symlink(owner, path) < 0)
		return error_errno(err, "link '%s'", path);
	return 0;
}

int job_owner_renew(const struct layout *layout, const char *renewed, struct error *err)
{
	char owner[JOB_OWNER_LEN];
	char before[JOB_OWNER_LEN];
	char name[JOB_OWNER_LEN];
	auto_free char *dir = NULL;
	auto_free char *path = NULL;

	if (parse(name, renewed, err) < 0 || job_owner_find(owner, layout, err) < 0)
		return -1;
	memcpy(before, name, JOB_OWNER_LEN);
	if (follow_link(before, layout, err) < 0)
		return -1;
	if (str_equal(before, owner))
		return 0;
	dir = job_owner_path(layout, owner);
	path = job_owner_path(layout, name);
	if (!str_equal(before, name))
		return error_set(err, ERROR_DENIED, "'%s' is owner '%s' already", name,
				 before);
	if (file_make_dirs(dir, 0700, err) < 0)
		return -1;
	return make_link(owner, path, err);
}

static bool is_folder(DIR *dir, const struct dirent *entry)
{
	struct stat info;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_DIR;
	return fstatat(dirfd(dir), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISDIR(info.st_mode);
}

int job_owners_read(struct job_owners *owners, const struct layout *layout,
		    struct error *err)
{
	auto_free char *path = str_format("%s/jobs", layout->state);
	auto_closedir DIR *dir = opendir(path);
	auto_buf struct buf names = BUF_EMPTY;
	struct dirent *entry;

	if (!dir && errno == ENOENT)
		return 0;
	if (!dir)
		return error_errno(err, "list '%s'", path);
	while ((entry = readdir(dir))) {
		if (is_owner(entry->d_name) && is_folder(dir, entry))
			buf_add(&names, entry->d_name, JOB_OWNER_LEN);
	}
	owners->count = names.len / JOB_OWNER_LEN;
	owners->names = (char(*)[JOB_OWNER_LEN])buf_take(&names);
	return 0;
}

void job_owners_free(struct job_owners *owners)
{
	free(owners->names);
	*owners = (struct job_owners)JOB_OWNERS_EMPTY;
}
