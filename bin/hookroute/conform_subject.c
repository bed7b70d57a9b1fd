#include "bin/hookroute/conform_subject.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"

enum { STEP = 65536, CLOSE_MS = 3000, SMALL_PIPE = 4096, REPLY_ROOM = 16 };

static int make_pipes(int in[2], int out[2], struct error *err)
{
	if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0 ||
	    fcntl(in[1], F_SETFL, O_NONBLOCK) < 0 ||
	    fcntl(out[0], F_SETFL, O_NONBLOCK) < 0)
		return error_errno(err, "make pipes");
	return 0;
}

/* Room for one short reply is left. */
static int fill(size_t *filler, int out, struct error *err)
{
	static const char bytes[SMALL_PIPE - REPLY_ROOM];

	if (fcntl(out, F_SETPIPE_SZ, SMALL_PIPE) < 0)
		return error_errno(err, "make a small pipe");
	*filler = sizeof(bytes);
	return file_write(out, bytes, sizeof(bytes), "a pipe", err);
}

static int start(struct conform_subject *subject, const char *const *argv, bool is_full,
		 struct error *err)
{
	struct process_start how = { .argv = argv,
				     .err = STDERR_FILENO,
				     .new_session = true };
	int in[2] = { -1, -1 };
	int out[2] = { -1, -1 };
	int failed = make_pipes(in, out, err);

	how.in = in[0];
	how.out = out[1];
	if (!failed && is_full)
		failed = fill(&subject->filler, out[1], err);
	if (!failed)
		failed = process_spawn(&subject->process, &how, err);
	cleanup_close(&in[0]);
	cleanup_close(&out[1]);
	subject->to = in[1];
	subject->from = out[0];
	return failed;
}

int conform_subject_start(struct conform_subject *subject, const char *const *argv,
			  struct error *err)
{
	return start(subject, argv, false, err);
}

int conform_subject_start_full(struct conform_subject *subject, const char *const *argv,
			       struct error *err)
{
	return start(subject, argv, true, err);
}

void conform_subject_put(struct conform_subject *subject, struct str_view line)
{
	buf_add(&subject->output, line.data, line.len);
	buf_add_char(&subject->output, '\n');
}

static void close_input(struct conform_subject *subject)
{
	cleanup_close(&subject->to);
	subject->to = -1;
}

static bool has_output(const struct conform_subject *subject)
{
	return subject->to >= 0 && subject->written < subject->output.len;
}

static void write_some(struct conform_subject *subject)
{
	ssize_t put = write(subject->to, subject->output.data + subject->written,
			    subject->output.len - subject->written);

	if (put > 0)
		subject->written += (size_t)put;
	else if (put < 0 && errno != EAGAIN && errno != EINTR)
		close_input(subject); /* what it says to that is what counts */
}

static void drop_filler(struct conform_subject *subject)
{
	size_t len = subject->filler < subject->input.len ? subject->filler
							  : subject->input.len;

	buf_skip(&subject->input, len);
	subject->filler -= len;
}

static void read_some(struct conform_subject *subject)
{
	ssize_t got = read(subject->from, buf_room(&subject->input, STEP), STEP);

	if (got > 0) {
		buf_grew(&subject->input, (size_t)got);
		drop_filler(subject);
	} else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
		cleanup_close(&subject->from);
		subject->from = -1;
	}
}

static bool find_line(struct str_view *line, struct conform_subject *subject)
{
	const char *start = buf_str(&subject->input) + subject->taken;
	const char *end = memchr(start, '\n', subject->input.len - subject->taken);

	if (!end)
		return false;
	*line = (struct str_view){ start, (size_t)(end - start) };
	subject->taken += line->len + 1;
	return true;
}

/* False when nothing moved in time. */
static bool work(struct conform_subject *subject, bool reads, int wait_ms)
{
	struct pollfd fds[2] = {
		{ reads ? subject->from : -1, POLLIN, 0 },
		{ has_output(subject) ? subject->to : -1, POLLOUT, 0 },
	};

	if (poll(fds, 2, wait_ms) <= 0)
		return false;
	if (fds[1].revents)
		write_some(subject);
	if (fds[0].revents)
		read_some(subject);
	return true;
}

enum conform_said conform_subject_take(struct str_view *line,
				       struct conform_subject *subject, int wait_ms)
{
	buf_skip(&subject->input, subject->taken);
	subject->taken = 0;
	while (!find_line(line, subject)) {
		if (subject->from < 0)
			return CONFORM_END;
		if (!work(subject, true, wait_ms))
			return CONFORM_NOTHING;
	}
	return CONFORM_LINE;
}

bool conform_subject_push(struct conform_subject *subject, int wait_ms)
{
	int64_t until_ms = date_now_ms() + wait_ms;

	while (has_output(subject)) {
		int64_t left_ms = until_ms - date_now_ms();

		if (left_ms <= 0 || !work(subject, false, (int)left_ms))
			return false;
	}
	return subject->to >= 0;
}

void conform_subject_end_input(struct conform_subject *subject, int wait_ms)
{
	while (has_output(subject)) {
		/* With all of its replies kept back it might never take the rest. */
		if (!work(subject, subject->from >= 0, wait_ms))
			break;
	}
	close_input(subject);
}

void conform_subject_stop_reading(struct conform_subject *subject)
{
	cleanup_close(&subject->from);
	subject->from = -1;
}

bool conform_subject_wait(struct process_outcome *outcome,
			  struct conform_subject *subject, int wait_ms)
{
	struct pollfd ended = { subject->process.pidfd, POLLIN, 0 };
	struct error err = { 0 };

	if (subject->process.pid <= 0 || poll(&ended, 1, wait_ms) <= 0)
		return false;
	return process_wait(outcome, &subject->process, &err) == 0;
}

void conform_subject_kill(struct conform_subject *subject)
{
	struct process_outcome outcome = { false, 0 };
	struct error err = { 0 };

	if (subject->process.pid > 0) {
		(void)kill(-subject->process.pid, SIGKILL);
		(void)process_wait(&outcome, &subject->process, &err);
	}
	close_input(subject);
	conform_subject_stop_reading(subject);
	buf_free(&subject->output);
	buf_free(&subject->input);
	*subject = (struct conform_subject)CONFORM_SUBJECT_NONE;
}

void conform_subject_close(struct conform_subject *subject)
{
	struct process_outcome outcome = { false, 0 };
	int64_t until_ms = date_now_ms() + CLOSE_MS;

	close_input(subject);
	/* It may have more to say than the pipe holds. */
	while (subject->from >= 0 && date_now_ms() < until_ms)
		(void)work(subject, true, (int)(until_ms - date_now_ms()));
	(void)conform_subject_wait(&outcome, subject, subject->from < 0 ? CLOSE_MS : 0);
	conform_subject_kill(subject);
}
