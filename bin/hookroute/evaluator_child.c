#include "bin/hookroute/evaluator_child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "bin/hookroute/evaluator_frame.h"
#include "bin/hookroute/routes_look.h"
#include "bin/hookroute/routes_run.h"
#include "lib/buf.h"
#include "lib/error.h"
#include "lib/str.h"

_Static_assert((uint32_t)MARK_READING == (uint32_t)REFUSED_EVENT, "one number");

enum {
	CHUNK = 256 << 10,
	FLUSH_BYTES = 64 << 10,
	BIG_BYTES = 256 << 10, /* a line that gets memory and time for being read */
	PER_BYTE = 24,	       /* what a parsed value takes of memory, at most */
	BYTES_PER_MS = 8 << 10,
};

struct child {
	const struct evaluator_child *setup;
	struct buf in;
	size_t taken; /* bytes of in that were dealt with */
	struct buf out;
	uint64_t rest_bytes; /* of address space, at rest */
	uint64_t line_len;
	int64_t flushed_ms;
	int64_t armed_ms;  /* when the clock was set, 0 for never */
	uint64_t armed_to; /* what it was set to */
	uint32_t file;	   /* that ran last */
};

uint64_t evaluator_child_time_ms(const struct evaluator_child *child, size_t file)
{
	uint64_t time_ms = child->routes->limits.time_ms;

	return child->mark->lapses[file] < LAPSES_MAX ? time_ms : time_ms / LAPSES_SHARE;
}

static int64_t tick_ms(void)
{
	struct timespec now = { 0, 0 };

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + 1;
}

/* SIGPROF after so much processor time, or up to a tenth more: a clock that was set just
 * now to the same is not set anew. */
static void arm(struct child *child, uint64_t time_ms)
{
	uint64_t longer_ms = time_ms + time_ms / 10;
	int64_t now_ms = tick_ms();
	const struct itimerval timer = {
		.it_value = { (time_t)(longer_ms / 1000),
			      (suseconds_t)(longer_ms % 1000 * 1000) },
	};

	if (child->armed_to == time_ms && child->armed_ms &&
	    now_ms - child->armed_ms < (int64_t)(time_ms / 10))
		return;
	(void)setitimer(ITIMER_PROF, &timer, NULL);
	child->armed_ms = now_ms;
	child->armed_to = time_ms;
}

/* Whatever ran before has kept its time. */
static void finish_file(struct child *child)
{
	if (child->file != MARK_READING && child->setup->mark->lapses[child->file])
		child->setup->mark->lapses[child->file] = 0;
	child->file = MARK_READING;
}

static void enter_file(void *context, size_t file)
{
	struct child *child = context;

	finish_file(child);
	child->file = (uint32_t)file;
	child->setup->mark->file = (uint32_t)file;
	arm(child, evaluator_child_time_ms(child->setup, file));
}

static void limit_memory(const struct child *child, uint64_t line_len)
{
	uint64_t more = child->setup->routes->limits.memory_bytes +
			(line_len > BIG_BYTES ? line_len * PER_BYTE : 0);
	const struct rlimit limit = { child->rest_bytes + more, RLIM_INFINITY };

	(void)setrlimit(RLIMIT_AS, &limit);
}

static void enter_event(struct child *child, const struct frame_question *question)
{
	uint64_t time_ms = child->setup->routes->limits.time_ms;

	if (question->line_len > BIG_BYTES || child->line_len > BIG_BYTES)
		limit_memory(child, question->line_len);
	child->line_len = question->line_len;
	child->setup->mark->file = MARK_READING;
	child->setup->mark->number = question->number;
	arm(child, question->line_len > BIG_BYTES
			   ? time_ms + question->line_len / BYTES_PER_MS
			   : time_ms);
}

static const struct look_slot *look(const struct child *child, struct str_view line)
{
	struct routes_look *known = child->setup->routes->look;

	return known ? routes_look(known, line) : NULL;
}

static void answer(struct child *child, const struct frame_question *question,
		   const char *bytes)
{
	size_t refused = question->refusal_count * sizeof(struct refusal);
	struct routes_run run = {
		.routes = child->setup->routes,
		.refusal_count = question->refusal_count,
		.enters = enter_file,
		.context = child,
	};
	auto_buf struct buf refusals = BUF_EMPTY;
	struct frame_answer head = { .number = question->number };
	auto_deliveries struct deliveries deliveries = DELIVERIES_EMPTY;
	const struct str_view line = { bytes + refused, question->line_len };
	const struct look_slot *slot;
	struct error err = { 0 };
	size_t start = child->out.len;

	enter_event(child, question);
	slot = look(child, line);
	run.wanted = slot ? slot->wanted : NULL;
	buf_add(&refusals, bytes, refused);
	run.refusals = (const struct refusal *)(void *)refusals.data;
	buf_add(&child->out, &head, sizeof(head));
	/* What nobody wants is not parsed. */
	if (!(slot && slot->nobody))
		head.is_problem = routes_run(&deliveries, &run, line, &err) < 0;
	if (head.is_problem)
		buf_add_str(&child->out, err.message);
	else
		frame_add_deliveries(&child->out, &deliveries);
	finish_file(child);
	child->setup->mark->number = 0;
	head.len = (uint32_t)(child->out.len - start - sizeof(head));
	memcpy(child->out.data + start, &head, sizeof(head));
}

static void flush(struct child *child)
{
	size_t written = 0;

	while (written < child->out.len) {
		ssize_t len = write(child->setup->out, child->out.data + written,
				    child->out.len - written);

		if (len < 0 && errno != EINTR)
			_exit(0);
		written += len > 0 ? (size_t)len : 0;
	}
	if (child->out.cap > CHUNK)
		buf_free(&child->out);
	buf_clear(&child->out);
	child->flushed_ms = tick_ms();
}

/* Ends the process with its input. */
static void read_more(struct child *child)
{
	ssize_t len;

	buf_skip(&child->in, child->taken);
	child->taken = 0;
	if (!child->in.len && child->in.cap > 4 * CHUNK)
		buf_free(&child->in);
	len = read(child->setup->in, buf_room(&child->in, CHUNK), CHUNK);
	if (len > 0)
		buf_grew(&child->in, (size_t)len);
	else if (len == 0 || errno != EINTR)
		_exit(0);
}

static bool take_question(struct frame_question *question, const char **bytes,
			  struct child *child)
{
	size_t left = child->in.len - child->taken;
	size_t len;

	if (left < sizeof(*question))
		return false;
	memcpy(question, child->in.data + child->taken, sizeof(*question));
	len = sizeof(*question) + question->line_len +
	      question->refusal_count * sizeof(struct refusal);
	if (left < len)
		return false;
	*bytes = child->in.data + child->taken + sizeof(*question);
	child->taken += len;
	return true;
}

static void work(struct child *child)
{
	for (;;) {
		struct frame_question question;
		const char *bytes = NULL;

		while (take_question(&question, &bytes, child)) {
			answer(child, &question, bytes);
			if (child->out.len >= FLUSH_BYTES ||
			    tick_ms() != child->flushed_ms)
				flush(child);
		}
		flush(child);
		read_more(child);
	}
}

static uint64_t address_space(void)
{
	char text[64] = "";
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		ssize_t len = read(fd, text, sizeof(text) - 1);

		text[len > 0 ? len : 0] = '\0';
		close(fd);
	}
	return str_leading_u64(text) * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* When memory runs out, this one is better lost than others. */
static void offer_to_kernel(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	(void)!write(fd, "500", 3);
	close(fd);
}

static void keep_only(const struct evaluator_child *setup)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (dup3(setup->in, 0, 0) < 0 || dup3(setup->out, 1, 0) < 0 ||
	    dup3(null, 2, 0) < 0)
		_exit(EX_OSERR);
	(void)close_range(3, ~0U, 0);
}

static void take_signals(void)
{
	static const int ignored[] = { SIGTERM, SIGINT, SIGHUP, SIGPIPE };
	sigset_t none;
	size_t i;

	for (i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		(void)signal(ignored[i], SIG_IGN);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void __attribute__((noreturn))
run(const struct evaluator_child *setup, pid_t parent)
{
	struct evaluator_child own = *setup;
	struct child child = { .setup = &own, .file = MARK_READING };
	const struct rlimit no_core = { 0, 0 };

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	take_signals();
	keep_only(setup);
	own.in = 0;
	own.out = 1;
	offer_to_kernel();
	(void)setrlimit(RLIMIT_CORE, &no_core);
	child.rest_bytes = address_space();
	if (child.rest_bytes)
		limit_memory(&child, 0);
	work(&child);
	_exit(0);
}

pid_t evaluator_child_start(const struct evaluator_child *child, struct error *err)
{
	pid_t parent = getpid();
	pid_t pid = fork();

	if (pid < 0)
		return error_errno(err, "start a process for the routes");
	if (pid == 0)
		run(child, parent);
	return pid;
}
