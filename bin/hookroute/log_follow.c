#include "bin/hookroute/log_follow.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"

enum { READ_BYTES = 64 * 1024, EVENTS_BYTES = 4096 };

/* A day that is being read.  Around midnight there are two: who is late still writes to the
 * first. */
struct tail {
	char day[JOURNAL_DAY_LEN];
	int fd;
	off_t offset;
	struct buf text; /* from offset back, no whole line yet */
};

#define TAIL_NONE                                                                        \
	{                                                                                \
		.fd = -1                                                                 \
	}

int log_follow_open(int *inotify, int dir, struct error *err)
{
	char path[64];
	auto_close int fd = inotify_init1(IN_CLOEXEC);

	snprintf(path, sizeof(path), "/proc/self/fd/%d", dir);
	if (fd < 0 || inotify_add_watch(fd, path, IN_MODIFY | IN_CREATE) < 0)
		return error_errno(err, "watch the event log");
	*inotify = steal_fd(&fd);
	return 0;
}

static void tail_close(struct tail *tail)
{
	cleanup_close(&tail->fd);
	buf_free(&tail->text);
	*tail = (struct tail)TAIL_NONE;
}

static int tail_open(struct tail *tail, int dir, const char *day, off_t offset,
		     struct error *err)
{
	*tail = (struct tail){ .offset = offset };
	memcpy(tail->day, day, JOURNAL_DAY_LEN);
	tail->fd = openat(dir, day, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (tail->fd < 0 && errno != ENOENT)
		return error_errno(err, "open 'log/%s'", day);
	return 0;
}

static int take_lines(struct tail *tail, const struct journal_query *query,
		      struct error *err)
{
	const char *rest = buf_str(&tail->text);
	const char *stop;

	while ((stop = strchr(rest, '\n'))) {
		struct str_view line = { rest, (size_t)(stop - rest) };

		rest = stop + 1;
		if (journal_matches(query, line) &&
		    query->each(query->context, line, err) < 0)
			return -1;
	}
	buf_skip(&tail->text, (size_t)(rest - buf_str(&tail->text)));
	return 0;
}

static int tail_read(struct tail *tail, const struct journal_query *query,
		     struct error *err)
{
	ssize_t len;

	while (tail->fd >= 0) {
		len = pread(tail->fd, buf_room(&tail->text, READ_BYTES), READ_BYTES,
			    tail->offset);
		if (len < 0)
			return error_errno(err, "read 'log/%s'", tail->day);
		if (len == 0)
			return 0;
		buf_grew(&tail->text, (size_t)len);
		tail->offset += len;
		if (take_lines(tail, query, err) < 0)
			return -1;
	}
	return 0;
}

/* The days that have come since: the last one is the current one from now on. */
static int turn_over(struct tail tails[static 2], int dir,
		     const struct journal_query *query, struct error *err)
{
	auto_free char(*days)[JOURNAL_DAY_LEN] = NULL;
	size_t count = 0;
	size_t i;

	if (journal_days(&days, &count, dir, err) < 0)
		return -1;
	for (i = 0; i < count; i++) {
		if (strcmp(days[i], tails[1].day) <= 0)
			continue;
		tail_close(&tails[0]);
		tails[0] = tails[1];
		if (tail_open(&tails[1], dir, days[i], 0, err) < 0 ||
		    tail_read(&tails[1], query, err) < 0)
			return -1;
	}
	return 0;
}

static int read_new(struct tail tails[static 2], int dir,
		    const struct journal_query *query, struct error *err)
{
	if (tail_read(&tails[0], query, err) < 0 || tail_read(&tails[1], query, err) < 0)
		return -1;
	return turn_over(tails, dir, query, err);
}

int log_follow(int inotify, int dir, const struct journal_place *place,
	       const struct journal_query *query, struct error *err)
{
	char events[EVENTS_BYTES]
		__attribute__((aligned(__alignof__(struct inotify_event))));
	struct tail tails[2] = { TAIL_NONE, TAIL_NONE };
	int failed = 0;

	if (place->day[0])
		failed = tail_open(&tails[1], dir, place->day, place->offset, err);
	while (!failed) {
		failed = read_new(tails, dir, query, err);
		if (!failed && read(inotify, events, sizeof(events)) < 0 &&
		    errno != EINTR)
			failed = error_errno(err, "watch the event log");
	}
	tail_close(&tails[0]);
	tail_close(&tails[1]);
	return failed;
}
