#include "lib/http_helper.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/http_server.h"
#include "lib/str.h"

/* What a pipe takes of a writer that nobody reads: a longer answer is none. */
enum { ANSWER_MAX = 65536 };

void helpers_open(struct helpers *helpers, const char *program, const char *what,
		  void (*complain)(const char *message))
{
	*helpers = (struct helpers){ .program = program,
				     .what = what,
				     .complain = complain,
				     .waiting_limit = HELPERS_WAITING };
	for (int i = 0; i < HELPERS_MAX; i++)
		helpers->running[i] = (struct helper){
			.owner = helpers, .process = PROCESS_NONE, .out = -1, .timer = -1
		};
}

static void start_next(struct helpers *helpers);

static void forget(struct helper *helper, int *fd)
{
	if (*fd >= 0)
		http_server_forget(helper->owner->server, *fd);
	cleanup_close(fd);
	*fd = -1;
}

static void read_answer(struct buf *answer, int fd)
{
	ssize_t got = 0;

	(void)buf_room(answer, ANSWER_MAX);
	do {
		got = read(fd, buf_room(answer, 4096), 4096);
		if (got > 0)
			buf_grew(answer, (size_t)got);
	} while (got > 0 && answer->len < ANSWER_MAX);
}

/* It has ended: read what it said, free its place, and only then tell. */
static void finish(struct helper *helper)
{
	auto_secret struct buf answer = BUF_EMPTY;
	struct process_outcome outcome = { false, 0 };
	struct error err = { 0 };
	const struct helper ended = *helper;

	http_server_forget(helper->owner->server, helper->process.pidfd);
	if (process_wait(&outcome, &helper->process, &err) < 0)
		helper->owner->complain(err.message);
	read_answer(&answer, helper->out);
	forget(helper, &helper->timer);
	cleanup_close(&helper->out);
	*helper = (struct helper){
		.owner = ended.owner, .process = PROCESS_NONE, .out = -1, .timer = -1
	};
	ended.ask.done(ended.ask.context,
		       (struct str_view){ buf_str(&answer), answer.len });
}

static void on_end(void *context)
{
	struct helper *helper = context;
	struct pollfd ended = { helper->process.pidfd, POLLIN, 0 };

	if (!helper->process.pid || poll(&ended, 1, 0) != 1)
		return;
	finish(helper);
	start_next(helper->owner);
}

static void on_timer(void *context)
{
	struct helper *helper = context;
	auto_free char *text = NULL;
	uint64_t times = 0;

	if (helper->timer < 0 || read(helper->timer, &times, sizeof(times)) < 0)
		return;
	forget(helper, &helper->timer);
	text = str_format("'%s' has not answered in %d s: it is ended",
			  helper->owner->program, HELPER_LIVES_S);
	helper->owner->complain(text);
	(void)kill(helper->process.pid, SIGKILL);
}

static int start_timer(struct helper *helper, struct error *err)
{
	const struct itimerspec lives = { .it_value = { .tv_sec = HELPER_LIVES_S } };

	helper->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (helper->timer < 0 || timerfd_settime(helper->timer, 0, &lives, NULL) < 0)
		return error_errno(err, "make a timer");
	return 0;
}

static int watch(struct helper *helper, struct error *err)
{
	const struct http_watch end = { helper->process.pidfd, on_end, helper };
	const struct http_watch timer = { helper->timer, on_timer, helper };

	if (http_server_watch(helper->owner->server, &end, err) < 0)
		return -1;
	return http_server_watch(helper->owner->server, &timer, err);
}

static int write_question(int *fd, const struct buf *question, struct error *err)
{
	*fd = memfd_create("question", MFD_CLOEXEC);
	if (*fd < 0)
		return error_errno(err, "make room for a question");
	if (file_write(*fd, question->data, question->len, "question", err) < 0)
		return -1;
	if (lseek(*fd, 0, SEEK_SET) < 0)
		return error_errno(err, "go to the beginning of a question");
	return 0;
}

static int spawn(struct helper *helper, int question, struct error *err)
{
	auto_close int out = -1;
	int ends[2] = { -1, -1 };
	const char *argv[1 + HELPER_ARGUMENTS] = { helper->owner->program };
	struct process_start start = { .argv = argv,
				       .in = question,
				       .err = helper->owner->is_quiet ? -1 : 2 };

	memcpy(argv + 1, helper->ask.arguments, sizeof(helper->ask.arguments));
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(err, "make a pipe");
	helper->out = ends[0];
	start.out = out = ends[1];
	if (fcntl(helper->out, F_SETFL, O_NONBLOCK) < 0)
		return error_errno(err, "read a pipe without waiting");
	return process_spawn(&helper->process, &start, err);
}

/* A free place, if there is one for such. */
static struct helper *find_free(struct helpers *helpers, bool is_quick)
{
	struct helper *found = NULL;
	int slow = 0;

	for (int i = 0; i < HELPERS_MAX; i++) {
		struct helper *helper = &helpers->running[i];

		if (!helper->process.pid)
			found = helper;
		else if (!helper->ask.is_quick)
			slow++;
	}
	return is_quick || slow < HELPERS_MAX - 1 ? found : NULL;
}

static void drop(struct helper *helper)
{
	struct process_outcome outcome = { false, 0 };
	struct error ignored = { 0 }; /* another was told before */

	forget(helper, &helper->timer);
	cleanup_close(&helper->out);
	helper->out = -1;
	if (!helper->process.pid)
		return;
	(void)kill(helper->process.pid, SIGKILL);
	if (helper->process.pidfd >= 0)
		http_server_forget(helper->owner->server, helper->process.pidfd);
	(void)process_wait(&outcome, &helper->process, &ignored);
}

static int start(struct helper *helper, const struct helper_ask *ask,
		 const struct buf *question, struct error *err)
{
	auto_close int fd = -1;

	helper->ask = *ask;
	if (write_question(&fd, question, err) < 0 || start_timer(helper, err) < 0 ||
	    spawn(helper, fd, err) < 0 || watch(helper, err) < 0) {
		drop(helper);
		return -1;
	}
	return 0;
}

/* The first that waits in a line is taken out of it: its question is the caller's. */
static struct helper_waiting take_first(struct helper_line *line)
{
	struct helper_waiting next = line->waiting[line->first];

	line->waiting[line->first] = (struct helper_waiting){ .question = BUF_EMPTY };
	line->first = (line->first + 1) % HELPERS_WAITING;
	line->count--;
	return next;
}

static void give_up(struct helper_waiting *next)
{
	buf_wipe(&next->question);
	next->ask.done(next->ask.context, (struct str_view){ "", 0 });
}

/* Who has waited for as long as it may run has waited enough. */
static bool is_late(const struct helper_waiting *next)
{
	return date_steady_ms() - next->since_ms > HELPER_LIVES_S * 1000;
}

/* False when nobody of that line waits, or may begin. */
static bool start_first(struct helpers *helpers, bool is_quick)
{
	struct helper_line *line = &helpers->lines[is_quick];
	struct helper *helper = find_free(helpers, is_quick);
	struct helper_waiting next;
	struct error err = { 0 };

	if (!helper || !line->count)
		return false;
	next = take_first(line);
	if (is_late(&next)) {
		give_up(&next);
	} else if (start(helper, &next.ask, &next.question, &err) < 0) {
		helpers->complain(err.message);
		give_up(&next);
	} else {
		buf_wipe(&next.question);
	}
	return true;
}

static void start_next(struct helpers *helpers)
{
	while (start_first(helpers, true) || start_first(helpers, false))
		;
}

static int wait_turn(struct helpers *helpers, const struct helper_ask *ask,
		     const struct buf *question)
{
	struct helper_line *line = &helpers->lines[ask->is_quick];
	struct helper_waiting *last =
		&line->waiting[(line->first + line->count) % HELPERS_WAITING];

	if (line->count >= helpers->waiting_limit)
		return -1;
	last->ask = *ask;
	last->since_ms = date_steady_ms();
	(void)buf_room(&last->question, question->len + 1);
	buf_add(&last->question, question->data, question->len);
	line->count++;
	return 0;
}

int helpers_ask(struct helpers *helpers, const struct helper_ask *ask,
		const struct buf *question, struct error *err)
{
	struct helper *helper = find_free(helpers, ask->is_quick);

	if (helper)
		return start(helper, ask, question, err);
	if (wait_turn(helpers, ask, question) == 0)
		return 0;
	return error_set(err, ERROR_TEMPORARY, "too many %s are under way",
			 helpers->what);
}

static void close_line(struct helper_line *line)
{
	while (line->count) {
		struct helper_waiting next = take_first(line);

		give_up(&next);
	}
}

void helpers_close(struct helpers *helpers)
{
	close_line(&helpers->lines[true]);
	close_line(&helpers->lines[false]);
	for (int i = 0; i < HELPERS_MAX; i++) {
		struct helper *helper = &helpers->running[i];

		if (!helper->process.pid)
			continue;
		(void)kill(helper->process.pid, SIGKILL);
		finish(helper);
	}
}
