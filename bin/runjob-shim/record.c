#include "bin/runjob-shim/record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/config.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/job.h"
#include "lib/job_plan.h"
#include "lib/str.h"

enum { CHUNK = 65536, WIDE = 1 << 18, LAST_MOST = 65536, REMARK = 128, REMARKS = 3 };

/* The last bytes are worth most: that is where it says what went wrong. */
static uint64_t last_room(const struct record *record)
{
	return record->limit / 4 < LAST_MOST ? record->limit / 4 : LAST_MOST;
}

static uint64_t head_room(const struct record *record)
{
	uint64_t other = last_room(record) + (uint64_t)REMARKS * REMARK;

	if (record->limit <= other + record->size)
		return 0;
	return record->limit - other - record->size;
}

static void put(struct record *record, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t got = write(record->file, bytes, len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			record->failure = errno;
			record->lost += len;
			record->lost_here += len;
			return;
		}
		record->size += (uint64_t)got;
		bytes += got;
		len -= (size_t)got;
	}
}

/* Whole or not at all. */
static bool remark(struct record *record, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static bool remark(struct record *record, const char *format, ...)
{
	char text[REMARK];
	va_list list;
	ssize_t got;
	int len;

	va_start(list, format);
	len = vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	got = write(record->file, text, (size_t)len);
	if (got > 0)
		record->size += (uint64_t)got;
	return got == len;
}

static void tell_lost(struct record *record)
{
	if (record->lost_here &&
	    remark(record, "\n[runjob: %llu bytes are lost here: %s]\n",
		   (unsigned long long)record->lost_here, strerror(record->failure)))
		record->lost_here = 0;
}

static void note_chunk(struct record *record, uint64_t at, uint64_t len, char stream)
{
	char line[80];
	ssize_t got;

	if (record->index < 0 || !len || record->index_size > record->limit)
		return;
	snprintf(line, sizeof(line), "%llu %llu %c %lld\n", (unsigned long long)at,
		 (unsigned long long)len, stream, (long long)date_now_ms());
	got = write(record->index, line, strlen(line));
	record->index_size += strlen(line);
	/* A half line would belie all that follow. */
	if (got != (ssize_t)strlen(line))
		cleanup_close(&record->index);
	if (got != (ssize_t)strlen(line))
		record->index = -1;
}

static void keep_last(struct record *record, const char *bytes, size_t len)
{
	uint64_t room = last_room(record);

	if (record->past <= room && record->past + len > room)
		(void)remark(
			record,
			"\n[runjob: the log is full; the last of it follows when the "
			"job has ended]\n");
	record->past += len;
	while (len > 0) {
		uint64_t at = (record->past - len) % room;
		size_t step = len < room - at ? len : (size_t)(room - at);

		memcpy(record->last + at, bytes, step);
		bytes += step;
		len -= step;
	}
}

static void store(struct record *record, const char *bytes, size_t len, char stream)
{
	uint64_t room = record->past ? 0 : head_room(record);
	size_t head = len < room ? len : (size_t)room;
	uint64_t at;

	if (head) {
		tell_lost(record);
		at = record->size;
		put(record, bytes, head);
		note_chunk(record, at, record->size - at, stream);
	}
	if (len > head)
		keep_last(record, bytes + head, len - head);
}

/* Who writes much need not wait for us each time. */
static void widen(struct record *record)
{
	if (!record->is_wide)
		(void)fcntl(record->out, F_SETPIPE_SZ, WIDE);
	record->is_wide = true;
}

bool record_take(struct record *record, int *fd)
{
	ssize_t got = *fd < 0 ? 0 : read(*fd, record->chunk, CHUNK);

	if (got == CHUNK && fd == &record->out)
		widen(record);
	if (got > 0) {
		store(record, record->chunk, (size_t)got, fd == &record->err ? 'e' : 'o');
		return true;
	}
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	cleanup_close(fd);
	*fd = -1;
	return false;
}

static void store_last(struct record *record)
{
	uint64_t room = last_room(record);
	uint64_t from = record->past > room ? record->past - room : 0;
	uint64_t at;

	if (from)
		(void)remark(record, "\n[runjob: %llu bytes are left out here]\n",
			     (unsigned long long)from);
	at = record->size;
	/* In two pieces, where the ring goes round. */
	for (uint64_t i = from; i < record->past;) {
		uint64_t end = (i / room + 1) * room;

		if (end > record->past)
			end = record->past;
		put(record, record->last + i % room, (size_t)(end - i));
		i = end;
	}
	note_chunk(record, at, record->size - at, '-');
}

void record_finish(struct record *record)
{
	while (record_take(record, &record->out) || record_take(record, &record->err))
		;
	if (record->past)
		store_last(record);
	tell_lost(record);
}

uint64_t record_left_out(const struct record *record)
{
	uint64_t room = last_room(record);

	return record->lost + (record->past > room ? record->past - room : 0);
}

static int find_limit(uint64_t *limit, const struct job_plan *plan,
		      const struct config *config, struct error *err)
{
	const char *text = config_get(config, "HOOKTOOLS_LOG_MAX");

	*limit = plan->log_bytes ? plan->log_bytes : JOB_LOG_MAX;
	if (plan->log_bytes || !text)
		return 0;
	if (str_to_size(limit, text, err) == 0 && *limit >= JOB_LOG_LEAST)
		return 0;
	return error_set(err, ERROR_CONFIG,
			 "HOOKTOOLS_LOG_MAX is '%s', and no size of %d bytes or more",
			 text, JOB_LOG_LEAST);
}

static int open_file(int *fd, uint64_t *size, const struct job *job, const char *name,
		     struct error *err)
{
	struct stat info = { 0 };

	*fd = openat(job->fd, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (*fd < 0 || fstat(*fd, &info) < 0)
		return error_errno(err, "open '%s/%s'", job->dir, name);
	*size = (uint64_t)info.st_size;
	return 0;
}

static int open_pipe(int *ours, int *theirs, struct error *err)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(err, "make a pipe for the log");
	*ours = ends[0];
	*theirs = ends[1];
	/* Theirs stays as programs expect it. */
	if (fcntl(*ours, F_SETFL, O_NONBLOCK) < 0)
		return error_errno(err, "make a pipe for the log");
	return 0;
}

int record_open(struct record *record, const struct job *job, const struct job_plan *plan,
		const struct config *config, struct error *err)
{
	if (find_limit(&record->limit, plan, config, err) < 0 ||
	    open_file(&record->file, &record->size, job, "log", err) < 0 ||
	    open_pipe(&record->out, &record->job_out, err) < 0)
		return -1;
	if (plan->log_index &&
	    (open_file(&record->index, &record->index_size, job, "log.index", err) < 0 ||
	     open_pipe(&record->err, &record->job_err, err) < 0))
		return -1;
	record->chunk = malloc(CHUNK);
	record->last = malloc(last_room(record) + 1);
	if (!record->chunk || !record->last)
		return error_set(err, ERROR_SYSTEM, "no memory for the log");
	return 0;
}

void record_let_go(struct record *record)
{
	cleanup_close(&record->job_out);
	cleanup_close(&record->job_err);
	record->job_out = -1;
	record->job_err = -1;
}

void record_close(struct record *record)
{
	record_let_go(record);
	cleanup_close(&record->out);
	cleanup_close(&record->err);
	cleanup_close(&record->file);
	cleanup_close(&record->index);
	free(record->chunk);
	free(record->last);
	*record = (struct record)RECORD_NONE;
}
