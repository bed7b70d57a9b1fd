#include "bin/runjob/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job.h"
#include "lib/job_results.h"
#include "lib/str.h"

enum { STEP = 65536 };

/* The results of an owner, read on and on. */
struct reading {
	int dir_fd;
	int fd;		  /* of the file being read; -1: there is none yet */
	struct buf rest;  /* of a line that is not whole yet */
	const char *skip; /* up to and with this job's; NULL: nothing is */
};

static void reading_close(struct reading *reading)
{
	cleanup_close(&reading->dir_fd);
	cleanup_close(&reading->fd);
	buf_free(&reading->rest);
}

/* {"id":"...", as job_status_dump begins. */
static bool is_of(struct str_view line, const char *id)
{
	static const char start[] = "{\"id\":\"";
	size_t skip = strlen(start);

	return line.len > skip + strlen(id) && memcmp(line.data, start, skip) == 0 &&
	       memcmp(line.data + skip, id, strlen(id)) == 0;
}

/* The whole lines of rest, but for those that are skipped. */
static int print_lines(struct reading *reading, struct error *err)
{
	struct buf *rest = &reading->rest;
	size_t from = 0;
	size_t at = 0;
	const char *end;

	while (at < rest->len && (end = memchr(rest->data + at, '\n', rest->len - at))) {
		struct str_view line = { rest->data + at,
					 (size_t)(end - rest->data) - at };

		at += line.len + 1;
		if (!reading->skip)
			continue;
		from = at;
		if (is_of(line, reading->skip))
			reading->skip = NULL;
	}
	if (at > from && file_write(STDOUT_FILENO, rest->data + from, at - from,
				    "standard output", err) < 0)
		return -1;
	buf_skip(rest, at);
	return 0;
}

static int read_on(struct reading *reading, struct error *err)
{
	char bytes[STEP];
	ssize_t got;

	while (reading->fd >= 0 && (got = read(reading->fd, bytes, sizeof(bytes))) != 0) {
		if (got < 0)
			return error_errno(err, "read the results");
		buf_add(&reading->rest, bytes, (size_t)got);
		if (print_lines(reading, err) < 0)
			return -1;
	}
	return 0;
}

static int open_next(struct reading *reading, const char *name, struct error *err)
{
	int fd = openat(reading->dir_fd, name, O_RDONLY | O_CLOEXEC);

	if (fd < 0 && errno != ENOENT)
		return error_errno(err, "open '%s'", name);
	cleanup_close(&reading->fd);
	reading->fd = fd;
	return read_on(reading, err);
}

/* Was the file that we read put away? */
static bool is_past(const struct reading *reading)
{
	struct stat named = { 0 };
	struct stat ours = { 0 };

	if (fstatat(reading->dir_fd, JOB_RESULTS, &named, 0) < 0)
		return false;
	return reading->fd < 0 || fstat(reading->fd, &ours) < 0 ||
	       ours.st_ino != named.st_ino;
}

static int read_all(struct reading *reading, struct error *err)
{
	/* What was added just before it was put away comes first. */
	if (read_on(reading, err) < 0)
		return -1;
	return is_past(reading) ? open_next(reading, JOB_RESULTS, err) : 0;
}

static int follow(struct reading *reading, int inotify_fd, struct error *err)
{
	char events[4096];

	for (;;) {
		struct pollfd polled = { inotify_fd, POLLIN, 0 };

		if (read_all(reading, err) < 0)
			return -1;
		if (poll(&polled, 1, -1) < 0 && errno != EINTR)
			return error_errno(err, "wait for results");
		while (read(inotify_fd, events, sizeof(events)) > 0)
			;
	}
}

static int open_watched(struct reading *reading, int *inotify_fd,
			const struct context *context, struct error *err)
{
	auto_free char *dir = NULL;

	if (job_owner_dir(&dir, &context->layout, err) < 0 ||
	    file_open_dir(&reading->dir_fd, AT_FDCWD, dir, err) < 0)
		return -1;
	if (!context->options.follow)
		return 0;
	*inotify_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (*inotify_fd < 0 ||
	    inotify_add_watch(*inotify_fd, dir, IN_MODIFY | IN_CREATE) < 0)
		return error_errno(err, "watch '%s'", dir);
	return 0;
}

static int print_results(struct reading *reading, const struct context *context,
			 struct error *err)
{
	auto_close int inotify_fd = -1;

	if (open_watched(reading, &inotify_fd, context, err) < 0 ||
	    open_next(reading, JOB_RESULTS_OLD, err) < 0 ||
	    open_next(reading, JOB_RESULTS, err) < 0)
		return -1;
	if (reading->skip)
		return error_set(err, ERROR_ABSENT,
				 "no result of job '%s' is kept: without --after all are",
				 reading->skip);
	return context->options.follow ? follow(reading, inotify_fd, err) : 0;
}

int cmd_results(struct context *context, struct error *err)
{
	struct reading reading = { -1, -1, BUF_EMPTY, context->options.after };
	int failed;

	if (context->options.operand_count)
		return error_set(err, ERROR_USAGE, "results takes no operand");
	failed = print_results(&reading, context, err);
	reading_close(&reading);
	return failed;
}
