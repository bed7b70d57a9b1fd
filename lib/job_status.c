#include "lib/job_status.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
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
#include "lib/json_plain.h"
#include "lib/json_write.h"
#include "lib/str.h"

enum {
	STATUS_LIMIT = 65536,
	RESERVED = 4096,
	READ_TRIES = 16,
	EXIT_TIMEOUT = 124,
	EXIT_SIGNAL = 128
};

static const char *const names[JOB_STATES] = { "queued", "running", "ok",
					       "failed", "timeout", "cancelled",
					       "oom",	 "lost",    "skipped" };

const char *job_state_name(enum job_state state)
{
	return names[state];
}

bool job_state_find(enum job_state *state, const char *name)
{
	int i;

	for (i = 0; i < JOB_STATES; i++) {
		if (str_equal(names[i], name)) {
			*state = (enum job_state)i;
			return true;
		}
	}
	return false;
}

bool job_state_is_final(enum job_state state)
{
	return state >= JOB_OK;
}

void job_status_reason(struct job_status *status, const char *format, ...)
{
	va_list list;
	char *p;

	va_start(list, format);
	vsnprintf(status->reason, sizeof(status->reason), format, list);
	va_end(list);
	for (p = status->reason; *p; p++) {
		if (*p == '"')
			*p = '\'';
		else if (*p == '\\')
			*p = '/';
		else if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	}
}

int job_exit_status(const struct job_status *status)
{
	if (status->state == JOB_TIMEOUT)
		return EXIT_TIMEOUT;
	if (status->signal)
		return EXIT_SIGNAL + status->signal;
	if (status->exit_code >= 0)
		return status->exit_code;
	return status->state == JOB_OK ? 0 : 1;
}

static void write_time(struct json_writer *writer, const char *key, int64_t unix_ms)
{
	char text[DATE_LEN];

	date_format(text, unix_ms);
	json_write_string(writer, key, unix_ms ? text : NULL);
}

static void write_count(struct json_writer *writer, const char *key, uint64_t count)
{
	if (count)
		json_write_u64(writer, key, count);
	else
		json_write_null(writer, key);
}

void job_status_dump(struct buf *out, const struct job *job,
		     const struct job_status *status)
{
	struct json_writer writer = JSON_WRITER(out);

	json_write_object(&writer, NULL);
	json_write_string(&writer, "id", job->id);
	json_write_cut(&writer, "name", status->name);
	json_write_string(&writer, "owner", job->owner);
	json_write_string(&writer, "state", names[status->state]);
	if (status->exit_code >= 0)
		json_write_i64(&writer, "exit_code", status->exit_code);
	else
		json_write_null(&writer, "exit_code");
	write_count(&writer, "signal", (uint64_t)status->signal);
	json_write_cut(&writer, "reason", status->reason);
	write_time(&writer, "created_at", status->created_ms);
	write_time(&writer, "started_at", status->started_ms);
	write_time(&writer, "finished_at", status->finished_ms);
	json_write_cut(&writer, "node", status->node);
	write_count(&writer, "pid", (uint64_t)status->pid);
	json_write_cut(&writer, "containment", status->containment);
	json_write_cut(&writer, "sandbox", status->sandbox);
	json_write_cut(&writer, "sandbox_lacks", status->sandbox_lacks);
	json_write_u64(&writer, "cpu_ms", status->cpu_ms);
	write_count(&writer, "memory_peak", status->memory_peak);
	write_count(&writer, "pids_peak", status->pids_peak);
	job_usage_dump(&writer, &status->usage);
	write_time(&writer, "paused_at", status->paused_ms);
	json_write_u64(&writer, "log_left_out", status->log_left_out);
	json_write_cut(&writer, "group", status->group);
	write_count(&writer, "attempts", status->attempts);
	write_time(&writer, "next_at", status->due_ms);
	write_count(&writer, "memory_limit", status->memory_limit);
	json_write_cut(&writer, "event_id", status->event_id);
	json_write_cut(&writer, "repository", status->repository);
	json_write_object_end(&writer);
}

static int open_next(int *fd, const struct job *job, struct error *err)
{
	/* Not cut to nothing: what is reserved stays. */
	*fd = openat(job->fd, "status.json.tmp", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	return *fd < 0 ? error_errno(err, "create '%s/status.json.tmp'", job->dir) : 0;
}

/* One that was longer before keeps nothing of that. */
static int cut(int fd, size_t len)
{
	struct stat file;

	if (fstat(fd, &file) < 0)
		return -1;
	return file.st_size > (off_t)len ? ftruncate(fd, (off_t)len) : 0;
}

/* Two files take turns: ext4 writes out what replaces a name (auto_da_alloc), and without a
 * journal it looks past each one that was removed lately when it makes a file.  Either costs
 * more than all the rest. */
static int exchange(const struct job *job)
{
	if (renameat2(job->fd, "status.json.tmp", job->fd, "status.json",
		      RENAME_EXCHANGE) == 0)
		return 0;
	return renameat(job->fd, "status.json.tmp", job->fd, "status.json");
}

/* Without syncs where nobody repeats the job after a crash. */
static int replace(const struct job *job, const struct buf *text, bool durable,
		   struct error *err)
{
	auto_close int fd = -1;

	if (open_next(&fd, job, err) < 0 ||
	    file_write(fd, text->data, text->len, "status.json", err) < 0)
		return -1;
	if (cut(fd, text->len) < 0 || (durable && fsync(fd) < 0))
		return error_errno(err, "write '%s/status.json.tmp'", job->dir);
	if (exchange(job) < 0)
		return error_errno(err, "replace '%s/status.json'", job->dir);
	return durable ? file_sync_dir(job->fd, job->dir, err) : 0;
}

/* The one that was replaced is emptied, so that a power cut shows nothing older than what came
 * after it; and has room for what comes next. */
static void empty_last(const struct job *job, bool reserve)
{
	auto_close int fd =
		openat(job->fd, "status.json.tmp",
		       O_WRONLY | O_TRUNC | O_CLOEXEC | (reserve ? O_CREAT : 0), 0600);

	if (fd >= 0 && reserve)
		(void)fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, RESERVED);
}

int job_status_write(const struct job *job, const struct job_status *status, bool durable,
		     struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;

	job_status_dump(&text, job, status);
	buf_add_char(&text, '\n');
	if (replace(job, &text, durable, err) < 0)
		return -1;
	empty_last(job, status->state == JOB_RUNNING);
	return 0;
}

static void take_text(char *out, size_t size, struct str_view text, const char *key)
{
	struct str_view value = { "", 0 };

	(void)json_plain_string(&value, text, key);
	snprintf(out, size, "%.*s", (int)value.len, value.data);
}

static int64_t take_time(struct str_view text, const char *key)
{
	char value[DATE_LEN];
	int64_t unix_ms = 0;

	take_text(value, sizeof(value), text, key);
	return date_parse(&unix_ms, value) ? unix_ms : 0;
}

static uint64_t take_count(struct str_view text, const char *key, uint64_t otherwise)
{
	uint64_t number = 0;

	return json_plain_u64(&number, text, key) ? number : otherwise;
}

static int take_int(struct str_view text, const char *key, int otherwise)
{
	uint64_t number = take_count(text, key, UINT64_MAX);

	return number <= INT_MAX ? (int)number : otherwise;
}

static int take_status(struct job_status *status, struct str_view text, struct error *err)
{
	char state[16];

	take_text(state, sizeof(state), text, "state");
	if (!job_state_find(&status->state, state))
		return error_set(err, ERROR_DATA, "unknown state '%s'", state);
	status->exit_code = take_int(text, "exit_code", -1);
	status->signal = take_int(text, "signal", 0);
	status->pid = take_int(text, "pid", 0);
	status->created_ms = take_time(text, "created_at");
	status->started_ms = take_time(text, "started_at");
	status->finished_ms = take_time(text, "finished_at");
	status->due_ms = take_time(text, "next_at");
	status->attempts = take_count(text, "attempts", 0);
	status->memory_limit = take_count(text, "memory_limit", 0);
	status->cpu_ms = take_count(text, "cpu_ms", 0);
	status->memory_peak = take_count(text, "memory_peak", 0);
	status->pids_peak = take_count(text, "pids_peak", 0);
	job_usage_take(&status->usage, text);
	status->paused_ms = take_time(text, "paused_at");
	status->log_left_out = take_count(text, "log_left_out", 0);
	take_text(status->containment, sizeof(status->containment), text, "containment");
	take_text(status->sandbox, sizeof(status->sandbox), text, "sandbox");
	take_text(status->sandbox_lacks, sizeof(status->sandbox_lacks), text,
		  "sandbox_lacks");
	take_text(status->node, sizeof(status->node), text, "node");
	take_text(status->name, sizeof(status->name), text, "name");
	take_text(status->repository, sizeof(status->repository), text, "repository");
	take_text(status->group, sizeof(status->group), text, "group");
	take_text(status->event_id, sizeof(status->event_id), text, "event_id");
	take_text(status->reason, sizeof(status->reason), text, "reason");
	return 0;
}

int job_status_parse(struct job_status *status, struct str_view text, struct error *err)
{
	if (!json_plain_is_valid(text))
		return error_set(err, ERROR_DATA, "the status is no JSON");
	return take_status(status, text, err);
}

/* What a power cut leaves of one that nobody synced. */
static bool is_torn(const struct buf *text)
{
	return !text->len || !text->data[0];
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* *whole: it was status.json, and the same, as long as it was read.  What was replaced is
 * written again. */
static int read_once(struct buf *out, bool *whole, const struct job *job, int fd,
		     struct error *err)
{
	struct stat before;
	struct stat after;

	if (fstat(fd, &before) < 0)
		return error_errno(err, "stat '%s/status.json'", job->dir);
	buf_clear(out);
	if (file_read_fd(out, fd, STATUS_LIMIT, err) < 0)
		return error_wrap(err, "'%s/status.json'", job->dir);
	*whole = fstatat(job->fd, "status.json", &after, 0) == 0 &&
		 is_same(&before, &after);
	return 0;
}

static int read_current(struct buf *out, bool *found, const struct job *job,
			struct error *err)
{
	bool whole = false;
	int tries;

	for (tries = 0; tries < READ_TRIES && !whole; tries++) {
		auto_close int fd = openat(job->fd, "status.json", O_RDONLY | O_CLOEXEC);

		*found = fd >= 0;
		if (fd < 0 && errno == ENOENT)
			return 0;
		if (fd < 0)
			return error_errno(err, "open '%s/status.json'", job->dir);
		if (read_once(out, &whole, job, fd, err) < 0)
			return -1;
	}
	return 0;
}

int job_status_read(struct job_status *status, bool *found, const struct job *job,
		    struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;

	if (read_current(&text, found, job, err) < 0)
		return -1;
	if (!*found)
		return 0;
	if (is_torn(&text)) {
		*status = (struct job_status){ .state = JOB_RUNNING, .exit_code = -1 };
		return 0;
	}
	if (job_status_parse(status, (struct str_view){ buf_str(&text), text.len }, err) <
	    0)
		return error_wrap(err, "'%s/status.json'", job->dir);
	return 0;
}

bool job_status_is_torn(const struct job_status *status)
{
	return status->state == JOB_RUNNING && !status->created_ms;
}

int job_status_now(struct job_status *status, bool *found, const struct job *job,
		   struct error *err)
{
	bool alive = false;

	if (job_status_read(status, found, job, err) < 0)
		return -1;
	if (!*found || status->state != JOB_RUNNING)
		return 0;
	if (job_has_supervisor(&alive, job, err) < 0)
		return -1;
	if (alive)
		return 0;
	/* It may have ended properly between the two looks. */
	if (job_status_read(status, found, job, err) < 0)
		return -1;
	if (status->state != JOB_RUNNING)
		return 0;
	status->state = JOB_LOST;
	job_status_reason(status, "its supervisor is gone; see runjob recover");
	return 0;
}
