#include "bin/hookroute-plugin/starter.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"

enum { STEP = 65536, TRIES = 2 };

static int start(struct starter *starter, struct error *err)
{
	static const char *const argv[] = { "runjob", "start", "-", NULL };
	struct process_start how = { .argv = argv, .err = STDERR_FILENO };
	int in[2] = { -1, -1 };
	int out[2] = { -1, -1 };
	int failed;

	if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0) {
		(void)error_errno(err, "make pipes");
		cleanup_close(&in[0]);
		cleanup_close(&in[1]);
		return -1;
	}
	how.in = in[0];
	how.out = out[1];
	failed = process_spawn(&starter->process, &how, err);
	close(in[0]);
	close(out[1]);
	starter->in = in[1];
	starter->out = out[0];
	/* We read its replies while it does not take our lines. */
	if (!failed && fcntl(starter->in, F_SETFL, O_NONBLOCK) < 0)
		failed = error_errno(err, "prepare a pipe");
	return failed;
}

static size_t count_lines(const struct buf *text, size_t from)
{
	const char *rest = buf_str(text) + from;
	const char *end = buf_str(text) + text->len;
	size_t count = 0;

	while ((rest = memchr(rest, '\n', (size_t)(end - rest)))) {
		rest++;
		count++;
	}
	return count;
}

static int put_some(size_t *put, const struct starter *starter, const struct buf *lines,
		    struct error *err)
{
	ssize_t got = write(starter->in, lines->data + *put, lines->len - *put);

	if (got < 0 && errno != EAGAIN && errno != EINTR)
		return error_errno(err, "write to runjob");
	*put += got > 0 ? (size_t)got : 0;
	return 0;
}

static int take_some(struct buf *replies, const struct starter *starter,
		     struct error *err)
{
	ssize_t got = read(starter->out, buf_room(replies, STEP), STEP);

	if (got < 0 && errno == EINTR)
		return 0;
	if (got < 0)
		return error_errno(err, "read from runjob");
	if (got == 0)
		return error_set(err, ERROR_TEMPORARY, "runjob has ended");
	buf_grew(replies, (size_t)got);
	return 0;
}

static int converse(struct buf *replies, const struct starter *starter,
		    const struct buf *lines, size_t count, struct error *err)
{
	size_t before = replies->len;
	size_t put = 0;

	while (count_lines(replies, before) < count) {
		struct pollfd fds[] = { { starter->out, POLLIN, 0 },
					{ put < lines->len ? starter->in : -1, POLLOUT,
					  0 } };

		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return error_errno(err, "wait for runjob");
		if (fds[1].revents && put_some(&put, starter, lines, err) < 0)
			return -1;
		if (fds[0].revents && take_some(replies, starter, err) < 0)
			return -1;
	}
	return 0;
}

int starter_exchange(struct buf *replies, struct starter *starter,
		     const struct buf *lines, size_t count, struct error *err)
{
	struct error problem = { 0 };
	size_t before = replies->len;
	int tries;

	for (tries = 0; tries < TRIES; tries++) {
		if (starter->process.pid == 0 && start(starter, &problem) < 0)
			break;
		if (converse(replies, starter, lines, count, &problem) == 0)
			return 0;
		starter_close(starter);
		buf_cut(replies, before);
	}
	return error_set(err, ERROR_TEMPORARY, "%s", problem.message);
}

void starter_close(struct starter *starter)
{
	struct process_outcome outcome = { false, 0 };
	struct error ignored = { 0 };

	cleanup_close(&starter->in);
	cleanup_close(&starter->out);
	/* How it ended cannot be helped. */
	if (starter->process.pid)
		(void)process_wait(&outcome, &starter->process, &ignored);
	*starter = (struct starter)STARTER_NONE;
}
