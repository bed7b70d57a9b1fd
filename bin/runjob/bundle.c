#include "bin/runjob/bundle.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "bin/runjob/env.h"
#include "bin/runjob/tar.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job.h"
#include "lib/job_plan.h"
#include "lib/job_status.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/pipeline.h"
#include "lib/process.h"
#include "lib/str.h"

enum {
	FILE_MAX = 64 * 1024 * 1024,
	LOG_MAX = 4 * 1024 * 1024,
	GROUP_FILE_MAX = 65536,
	CALL_MS = 30000,
	/* As runjob-pipeline and the supervisor derive ids. */
	TASK_BASE = 0x1000,
	EVENT_STARTED = 0x40000000,
	EVENT_COMPLETED = 0x40010000
};

/* Where the members of one job go: "<id>/" or "<id>/tasks/<name>/". */
struct place {
	const struct tar *tar;
	const struct layout *layout;
	const struct job *job;
	const char *prefix;
};

static int put(const struct place *place, const char *name, const struct buf *text,
	       struct error *err)
{
	auto_free char *path = str_format("%s%s", place->prefix, name);

	return tar_add(place->tar, path, (struct str_view){ buf_str(text), text->len },
		       err);
}

static int put_file(const struct place *place, int dir_fd, const char *name,
		    const char *member, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;
	struct error problem = { 0 };
	bool found = false;

	if (file_read_if(&text, &found, dir_fd, name, FILE_MAX, &problem) < 0) {
		buf_clear(&text);
		buf_add_format(&text, "%s\n", problem.message);
	}
	return found || problem.kind != ERROR_NONE ? put(place, member, &text, err) : 0;
}

static int put_log(const struct place *place, struct error *err)
{
	auto_close int fd = openat(place->job->fd, "log", O_RDONLY | O_CLOEXEC);
	auto_buf struct buf text = BUF_EMPTY;
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_errno(err, "open '%s/log'", place->job->dir);
	if (st.st_size > LOG_MAX && lseek(fd, st.st_size - LOG_MAX, SEEK_SET) < 0)
		return error_errno(err, "read '%s/log'", place->job->dir);
	/* It may grow meanwhile. */
	if (file_read_fd(&text, fd, FILE_MAX, err) < 0)
		return -1;
	return put(place, st.st_size > LOG_MAX ? "log.tail" : "log", &text, err);
}

static int put_env(const struct place *place, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;

	if (env_dump(&text, place->job, false, err) == 0)
		return put(place, "environment", &text, err);
	return err->kind == ERROR_ABSENT ? 0 : -1;
}

/* As `runjob usage` has it; what is wrong with it belongs to the bundle, too. */
static int put_usage(const struct place *place, struct error *err)
{
	const char *argv[] = { "runjob",	  "usage",	  "--json", "--owner",
			       place->job->owner, place->job->id, NULL };
	const struct process_call call = { .argv = argv,
					   .limit = FILE_MAX,
					   .timeout_ms = CALL_MS };
	auto_buf struct buf text = BUF_EMPTY;
	struct error problem = { 0 };

	if (process_capture(&text, &call, &problem) < 0)
		buf_add_format(&text, "%s\n", problem.message);
	return put(place, "usage.json", &text, err);
}

static int put_group(const struct place *place, const char *path, struct error *err)
{
	auto_closedir DIR *dir = opendir(path);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		auto_buf struct buf text = BUF_EMPTY;
		auto_free char *member = str_format("cgroup/%s", entry->d_name);
		struct error ignored = { 0 };

		/* Some can be written only. */
		if (entry->d_type != DT_REG || file_read(&text, dirfd(dir), entry->d_name,
							 GROUP_FILE_MAX, &ignored) < 0)
			continue;
		if (put(place, member, &text, err) < 0)
			return -1;
	}
	return 0;
}

/* While it runs; afterwards its groups are gone. */
static int put_groups(const struct place *place, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;
	const char *rest;
	bool found = false;

	if (file_read_if(&text, &found, place->job->fd, "cgroup", GROUP_FILE_MAX, err) <
	    0)
		return -1;
	for (rest = buf_str(&text); rest && *rest;) {
		struct str_view line = str_split(&rest, '\n');
		auto_free char *path = str_format("%.*s", (int)line.len, line.data);

		if (*path == '/' && put_group(place, path, err) < 0)
			return -1;
	}
	return 0;
}

static int put_event_in(const struct place *place, int dir_fd, const char *id,
			struct error *err)
{
	auto_free char *member = str_format("events/%s.json", id);

	return put_file(place, dir_fd, id, member, err);
}

/* Wherever in the spool it is: done/ has a folder for each day. */
static int put_event(const struct place *place, const char *id, struct error *err)
{
	static const char *const states[] = { "new", "cur", "defer", "hold", "dead" };
	auto_free char *done = path_join(place->layout->state, "spool/done");
	auto_closedir DIR *dir = opendir(done);
	const struct dirent *entry;
	size_t i;

	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		auto_free char *path =
			str_format("%s/spool/%s", place->layout->state, states[i]);
		auto_close int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (fd >= 0 && put_event_in(place, fd, id, err) < 0)
			return -1;
	}
	while (dir && (entry = readdir(dir))) {
		auto_close int fd = openat(dirfd(dir), entry->d_name,
					   O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (fd >= 0 && entry->d_name[0] != '.' &&
		    put_event_in(place, fd, id, err) < 0)
			return -1;
	}
	return 0;
}

static int put_events(const struct place *place, const struct job_plan *plan,
		      struct error *err)
{
	char id[UUID_LEN];

	if (plan->event_id && put_event(place, plan->event_id, err) < 0)
		return -1;
	uuid_derive(id, place->job->id, EVENT_STARTED);
	if (put_event(place, id, err) < 0)
		return -1;
	uuid_derive(id, place->job->id, EVENT_COMPLETED);
	return put_event(place, id, err);
}

static int put_all(const struct place *place, const struct job_plan *plan,
		   struct error *err)
{
	static const char *const names[] = { "spec.json", "status.json", "error",
					     "stop",	  "pid",	 "log.index" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (put_file(place, place->job->fd, names[i], names[i], err) < 0)
			return -1;
	}
	if (put_log(place, err) < 0 || put_env(place, err) < 0 ||
	    put_usage(place, err) < 0 || put_groups(place, err) < 0)
		return -1;
	return put_events(place, plan, err);
}

static int put_task(const struct place *place, uint32_t index, struct error *err)
{
	auto_job struct job job = JOB_NONE;
	auto_job_plan struct job_plan plan = JOB_PLAN_EMPTY;
	auto_free char *prefix = NULL;
	struct place task = { place->tar, place->layout, &job, NULL };
	char id[UUID_LEN];
	bool found = false;
	const char *name;

	uuid_derive(id, place->job->id, TASK_BASE + index);
	if (job_open(&job, &found, place->layout, id, err) < 0)
		return -1;
	if (!found)
		return 0;
	if (job_plan_read(&plan, &job, err) < 0)
		return -1;
	/* "pipeline/task" */
	name = plan.name ? strrchr(plan.name, '/') : NULL;
	prefix = str_format("%s/tasks/%s/", place->job->id, name ? name + 1 : id);
	task.prefix = prefix;
	return put_all(&task, &plan, err);
}

static int put_versions(const struct place *place, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;
	struct error ignored = { 0 };
	struct utsname system;

	if (uname(&system) < 0)
		return error_errno(err, "ask for the system's name");
	buf_add_format(&text, "runjob %s\n%s %s %s %s\n", HOOKTOOLS_VERSION,
		       system.sysname, system.release, system.version, system.machine);
	(void)file_read(&text, AT_FDCWD, "/etc/os-release", GROUP_FILE_MAX, &ignored);
	return put(place, "versions", &text, err);
}

int bundle_job(const struct tar *tar, const struct layout *layout, const struct job *job,
	       struct error *err)
{
	auto_job_plan struct job_plan plan = JOB_PLAN_EMPTY;
	auto_free char *prefix = str_format("%s/", job->id);
	const struct place place = { tar, layout, job, prefix };
	uint32_t i;

	if (job_plan_read(&plan, job, err) < 0 || put_versions(&place, err) < 0 ||
	    put_all(&place, &plan, err) < 0)
		return -1;
	if (!str_ends(plan.exec.items[0], "/runjob-pipeline"))
		return tar_end(tar, err);
	for (i = 0; i < PIPELINE_TASKS_MAX; i++) {
		if (put_task(&place, i, err) < 0)
			return -1;
	}
	return tar_end(tar, err);
}
