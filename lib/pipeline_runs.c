#include "lib/pipeline_runs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job.h"
#include "lib/pipeline_store.h"

enum {
	TEXT_SIZE = 64,
	STARTS_S = 10,
	FORGET_S = 3600,
};

static bool read_link(struct pipeline_choice *choice, int dir_fd, const char *id)
{
	char text[TEXT_SIZE];
	ssize_t len = readlinkat(dir_fd, id, text, sizeof(text) - 1);

	if (len < 0)
		return false;
	text[len] = '\0';
	return pipeline_choice_parse(choice, text);
}

int pipeline_run_find(struct pipeline_choice *choice, bool *found,
		      const struct pipeline_folder *folder, const char *id,
		      struct error *err)
{
	auto_close int fd = -1;

	if (file_open_dir(&fd, folder->fd, "runs", err) < 0)
		return -1;
	*found = read_link(choice, fd, id);
	return 0;
}

int pipeline_run_note(struct pipeline_choice *choice,
		      const struct pipeline_folder *folder, const char *id,
		      struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;
	auto_close int fd = -1;

	pipeline_choice_add(&text, choice);
	if (file_open_dir(&fd, folder->fd, "runs", err) < 0)
		return -1;
	if (symlinkat(buf_str(&text), fd, id) == 0)
		return file_sync_dir(fd, "runs", err);
	if (errno != EEXIST)
		return error_errno(err, "note run '%s'", id);
	if (!read_link(choice, fd, id))
		return error_set(err, ERROR_DATA, "runs/%s is no note of ours", id);
	return 0;
}

static int newest_first(const void *a, const void *b)
{
	const struct pipeline_run *left = a;
	const struct pipeline_run *right = b;

	return strcmp(right->id, left->id);
}

int pipeline_runs_read(struct pipeline_runs *list, const struct pipeline_folder *folder,
		       struct error *err)
{
	auto_close int fd = -1;
	auto_closedir DIR *dir = NULL;
	auto_buf struct buf items = BUF_EMPTY;
	const struct dirent *entry;

	if (file_open_dir(&fd, folder->fd, "runs", err) < 0)
		return -1;
	dir = fdopendir(fd);
	if (!dir)
		return error_errno(err, "list the runs of '%s'", folder->name);
	(void)steal_fd(&fd);
	while ((entry = readdir(dir))) {
		struct pipeline_run run = { 0 };

		if (!uuid_is_valid(entry->d_name) ||
		    !read_link(&run.choice, dirfd(dir), entry->d_name))
			continue;
		memcpy(run.id, entry->d_name, UUID_LEN);
		buf_add(&items, &run, sizeof(run));
	}
	list->count = items.len / sizeof(*list->items);
	list->items = (struct pipeline_run *)(void *)buf_take(&items);
	qsort(list->items, list->count, sizeof(*list->items), newest_first);
	return 0;
}

void pipeline_runs_free(struct pipeline_runs *list)
{
	free(list->items);
	*list = (struct pipeline_runs)PIPELINE_RUNS_EMPTY;
}

/* It was refused, or removed, or is about to be stored: how old the note is tells. */
static void look_at_note(struct pipeline_run_look *look,
			 const struct pipeline_folder *folder, const char *id)
{
	auto_close int fd = -1;
	struct error ignored = { 0 };
	struct stat note = { 0 };
	int64_t age_s;

	if (file_open_dir(&fd, folder->fd, "runs", &ignored) < 0 ||
	    fstatat(fd, id, &note, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	age_s = date_now_ms() / 1000 - note.st_mtim.tv_sec;
	look->starts = age_s < STARTS_S;
	if (age_s > FORGET_S)
		(void)unlinkat(fd, id, 0);
}

int pipeline_run_status(struct pipeline_run_look *look,
			const struct pipeline_folder *folder, const char *id,
			const struct layout *layout, struct error *err)
{
	auto_job struct job job = JOB_NONE;

	*look = (struct pipeline_run_look)PIPELINE_RUN_LOOK_EMPTY;
	if (job_open(&job, &look->found, layout, id, err) < 0)
		return -1;
	if (look->found && job_status_now(&look->status, &look->found, &job, err) < 0)
		return -1;
	if (!look->found)
		look_at_note(look, folder, id);
	return 0;
}
