#include "lib/job_number.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job.h"
#include "lib/str.h"

#define COUNT_MAX UINT64_C(900000000) /* a signed number of 64 bits holds it */
#define NUMBER_LEN 48

static char *folder_of(const struct layout *layout, struct error *err)
{
	char owner[JOB_OWNER_LEN];
	auto_free char *above = NULL;

	if (job_owner_find(owner, layout, err) < 0)
		return NULL;
	above = job_owner_path(layout, owner);
	return str_format("%s/.numbers", above);
}

static int link_next(uint64_t *number, int dir_fd, const char *target, uint64_t count,
		     struct error *err)
{
	int64_t now = date_now_ms() / 1000;
	char name[NUMBER_LEN];

	for (; count < COUNT_MAX; count++) {
		snprintf(name, sizeof(name), "%" PRIu64 "%" PRId64, count, now);
		if (symlinkat(target, dir_fd, name) == 0)
			return str_to_u64(number, name, 1, INT64_MAX, err);
		if (errno != EEXIST)
			return error_errno(err, "take job number %s", name);
	}
	return error_set(err, ERROR_SYSTEM, "too many jobs to number another");
}

int job_number_take(uint64_t *number, const struct layout *layout, const char *id,
		    struct error *err)
{
	auto_free char *folder = folder_of(layout, err);
	auto_free char *target = str_format("../%s", id);
	auto_job_list struct job_list jobs = JOB_LIST_EMPTY;
	auto_close int dir_fd = -1;

	if (!folder || job_list_read(&jobs, layout, err) < 0 ||
	    file_make_dirs(folder, 0700, err) < 0 ||
	    file_open_dir(&dir_fd, AT_FDCWD, folder, err) < 0)
		return -1;
	return link_next(number, dir_fd, target, jobs.count ? jobs.count : 1, err);
}

static char *link_of(const struct layout *layout, uint64_t number, struct error *err)
{
	auto_free char *folder = folder_of(layout, err);

	return folder ? str_format("%s/%" PRIu64, folder, number) : NULL;
}

int job_number_find(char id[static UUID_LEN], bool *found, const struct layout *layout,
		    uint64_t number, struct error *err)
{
	auto_free char *path = link_of(layout, number, err);
	char target[UUID_LEN + 4] = "";
	ssize_t len;

	*found = false;
	if (!path)
		return -1;
	len = readlink(path, target, sizeof(target) - 1);
	if (len < 0 && errno == ENOENT)
		return 0;
	if (len < 0)
		return error_errno(err, "look at '%s'", path);
	if (!str_starts(target, "../") || !uuid_is_valid(target + 3))
		return error_set(err, ERROR_DATA, "link '%s' leads to no job", path);
	memcpy(id, target + 3, UUID_LEN);
	*found = true;
	return 0;
}

uint64_t job_number_read(const struct job *job)
{
	auto_buf struct buf text = BUF_EMPTY;
	struct error ignored = { 0 };
	bool found = false;

	if (file_read_if(&text, &found, job->fd, "number", NUMBER_LEN, &ignored) < 0)
		return 0;
	return str_leading_u64(buf_str(&text));
}

void job_number_forget(const struct job *job)
{
	uint64_t number = job_number_read(job);
	auto_free char *name = str_format("../.numbers/%" PRIu64, number);

	if (number)
		(void)unlinkat(job->fd, name, 0);
}

void job_number_drop(const struct layout *layout, uint64_t number)
{
	struct error ignored = { 0 };
	auto_free char *path = link_of(layout, number, &ignored);

	if (path)
		(void)unlink(path);
}
