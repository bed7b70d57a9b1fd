#include "bin/hookroute/evaluator.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bin/hookroute/evaluator_blame.h"
#include "bin/hookroute/evaluator_child.h"
#include "bin/hookroute/evaluator_frame.h"
#include "bin/hookroute/refusal.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/log.h"

enum {
	PIPE_BYTES = 1 << 20,
	CHUNK = 256 << 10,
	PAUSE_MS = 200, /* when a child ends for nothing */
};

static int64_t now_ms(void)
{
	struct timespec now = { 0, 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void map_mark(struct evaluator *evaluator)
{
	size_t size = sizeof(struct evaluator_mark) +
		      evaluator->routes->count * sizeof(uint32_t);
	void *mark = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			  -1, 0);

	if (mark == MAP_FAILED)
		abort();
	evaluator->mark = mark;
	evaluator->mark_size = size;
}

void evaluator_open(struct evaluator *evaluator, struct routes *routes)
{
	*evaluator = (struct evaluator){
		.routes = routes, .to = -1, .from = -1, .in = BUF_EMPTY, .out = BUF_EMPTY
	};
	evaluator->end = &evaluator->first;
	map_mark(evaluator);
}

/* What was written to the child is forgotten with it. */
static void forget_child(struct evaluator *evaluator)
{
	cleanup_close(&evaluator->to);
	cleanup_close(&evaluator->from);
	evaluator->to = -1;
	evaluator->from = -1;
	evaluator->pid = 0;
	evaluator->written = 0;
	evaluator->unsent = evaluator->first;
	buf_clear(&evaluator->out);
	buf_clear(&evaluator->in);
}

/* Its status, as waitpid(2) has it. */
static int end_child(struct evaluator *evaluator)
{
	int status = 0;

	if (!evaluator->pid)
		return 0;
	(void)kill(evaluator->pid, SIGKILL);
	while (waitpid(evaluator->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	forget_child(evaluator);
	return status;
}

struct question *evaluator_drop(struct evaluator *evaluator)
{
	struct question *list = evaluator->first;

	if (!list)
		return NULL;
	evaluator->first = NULL;
	evaluator->end = &evaluator->first;
	(void)end_child(evaluator);
	return list;
}

void evaluator_close(struct evaluator *evaluator)
{
	if (!evaluator->mark)
		return;
	evaluator->first = NULL;
	(void)end_child(evaluator);
	(void)munmap(evaluator->mark, evaluator->mark_size);
	buf_free(&evaluator->in);
	buf_free(&evaluator->out);
	*evaluator = (struct evaluator){ .to = -1, .from = -1 };
}

void evaluator_use(struct evaluator *evaluator, struct routes *routes)
{
	struct question *question;

	(void)end_child(evaluator);
	(void)munmap(evaluator->mark, evaluator->mark_size);
	evaluator->routes = routes;
	map_mark(evaluator);
	/* The files have other numbers now. */
	for (question = evaluator->first; question; question = question->next) {
		buf_free(&question->refusals);
		question->strikes = 0;
	}
}

void evaluator_ask(struct evaluator *evaluator, struct question *question)
{
	question->next = NULL;
	question->number = ++evaluator->number;
	question->strikes = 0;
	if (!evaluator->first)
		evaluator->moved_ms = now_ms();
	*evaluator->end = question;
	evaluator->end = &question->next;
	if (!evaluator->unsent)
		evaluator->unsent = question;
}

static int open_pipes(struct evaluator *evaluator, struct evaluator_child *child,
		      struct error *err)
{
	int questions[2] = { -1, -1 };
	int answers[2] = { -1, -1 };

	if (pipe2(questions, O_CLOEXEC) < 0)
		return error_errno(err, "make a pipe");
	child->in = questions[0];
	evaluator->to = questions[1];
	if (pipe2(answers, O_CLOEXEC) < 0)
		return error_errno(err, "make a pipe");
	child->out = answers[1];
	evaluator->from = answers[0];
	/* The more fits, the fewer the switches between the two; less is fine, too. */
	(void)fcntl(evaluator->to, F_SETPIPE_SZ, PIPE_BYTES);
	(void)fcntl(evaluator->from, F_SETPIPE_SZ, PIPE_BYTES);
	(void)fcntl(evaluator->to, F_SETFL, O_NONBLOCK);
	(void)fcntl(evaluator->from, F_SETFL, O_NONBLOCK);
	return 0;
}

static void start_child(struct evaluator *evaluator)
{
	struct evaluator_child child = { evaluator->routes, evaluator->mark, -1, -1 };
	struct error err = { 0 };
	pid_t pid = -1;

	evaluator->mark->number = 0;
	if (open_pipes(evaluator, &child, &err) == 0)
		pid = evaluator_child_start(&child, &err);
	cleanup_close(&child.in);
	cleanup_close(&child.out);
	evaluator->moved_ms = now_ms();
	if (pid < 0) {
		log_error("%s, trying again", err.message);
		forget_child(evaluator);
		evaluator->start_ms = now_ms() + PAUSE_MS;
		return;
	}
	evaluator->pid = pid;
}

static void write_question(struct buf *out, const struct question *question)
{
	const struct frame_question head = {
		.number = question->number,
		.line_len = (uint32_t)question->line.len,
		.refusal_count =
			(uint32_t)(question->refusals.len / sizeof(struct refusal)),
	};

	buf_add(out, &head, sizeof(head));
	if (question->refusals.len)
		buf_add(out, question->refusals.data, question->refusals.len);
	buf_add(out, question->line.data, question->line.len);
}

/* As much as the pipe takes. */
static void send(struct evaluator *evaluator)
{
	for (;;) {
		ssize_t len;

		while (evaluator->unsent && evaluator->out.len < CHUNK) {
			write_question(&evaluator->out, evaluator->unsent);
			evaluator->unsent = evaluator->unsent->next;
		}
		if (!evaluator->out.len)
			return;
		len = write(evaluator->to, evaluator->out.data + evaluator->written,
			    evaluator->out.len - evaluator->written);
		/* If the child is gone, reading says so. */
		if (len <= 0)
			return;
		evaluator->written += (size_t)len;
		if (evaluator->written < evaluator->out.len)
			continue;
		evaluator->written = 0;
		if (evaluator->out.cap > 4 * CHUNK)
			buf_free(&evaluator->out);
		buf_clear(&evaluator->out);
	}
}

void evaluator_poll(struct evaluator *evaluator, struct pollfd *fds)
{
	if (!evaluator->pid && evaluator->first && now_ms() >= evaluator->start_ms)
		start_child(evaluator);
	if (evaluator->pid)
		send(evaluator);
	fds[0] = (struct pollfd){ evaluator->from, POLLIN, 0 };
	fds[1] = (struct pollfd){ evaluator->out.len ? evaluator->to : -1, POLLOUT, 0 };
}

int evaluator_timeout_ms(const struct evaluator *evaluator)
{
	int64_t until_ms = evaluator->moved_ms + evaluator_silence_ms(evaluator);
	int64_t left_ms;

	if (!evaluator->first)
		return -1;
	if (!evaluator->pid)
		until_ms = evaluator->start_ms;
	left_ms = until_ms - now_ms();
	return left_ms > 0 ? (int)left_ms : 0;
}

/* The first question is answered, and may be gone afterwards. */
static void finish_first(struct evaluator *evaluator)
{
	struct question *question = evaluator->first;

	evaluator->first = question->next;
	if (!evaluator->first)
		evaluator->end = &evaluator->first;
	if (evaluator->unsent == question)
		evaluator->unsent = question->next;
	buf_free(&question->refusals);
	evaluator->moved_ms = now_ms();
	question->answered(question);
}

static bool take_answer(struct evaluator *evaluator, const struct frame_answer *head,
			const char *bytes)
{
	struct question *question = evaluator->first;
	struct str_view body = { bytes, head->len };

	if (!question || question->number != head->number)
		return false;
	if (head->is_problem)
		question->problem = str_format("%.*s", (int)body.len, body.data);
	else if (!frame_read_deliveries(&question->deliveries, body)) {
		deliveries_free(&question->deliveries);
		return false;
	}
	finish_first(evaluator);
	return true;
}

/* False when what the child says makes no sense. */
static bool take_answers(struct evaluator *evaluator)
{
	struct frame_answer head = { 0, 0, 0 };
	size_t taken = 0;
	bool good = true;

	while (good && evaluator->in.len - taken >= sizeof(head)) {
		memcpy(&head, evaluator->in.data + taken, sizeof(head));
		if (evaluator->in.len - taken < sizeof(head) + head.len)
			break;
		good = take_answer(evaluator, &head,
				   evaluator->in.data + taken + sizeof(head));
		taken += sizeof(head) + head.len;
	}
	buf_skip(&evaluator->in, taken);
	if (!evaluator->in.len && evaluator->in.cap > 4 * CHUNK)
		buf_free(&evaluator->in);
	return good;
}

/* The child is at its end: what it was at may be why. */
static void lose_child(struct evaluator *evaluator)
{
	int status = end_child(evaluator);

	if (!evaluator_blame(evaluator, status) && evaluator->first)
		evaluator->start_ms = now_ms() + PAUSE_MS;
	evaluator->is_silent = false;
}

/* False when the child is at its end. */
static bool read_answers(struct evaluator *evaluator)
{
	for (;;) {
		ssize_t len =
			read(evaluator->from, buf_room(&evaluator->in, CHUNK), CHUNK);

		if (len == 0)
			return false;
		if (len < 0)
			return errno == EAGAIN || errno == EINTR;
		buf_grew(&evaluator->in, (size_t)len);
		if (!take_answers(evaluator))
			return false;
	}
}

void evaluator_work(struct evaluator *evaluator, const struct pollfd *fds)
{
	if (!evaluator->pid)
		return;
	if (fds[0].revents && !read_answers(evaluator)) {
		lose_child(evaluator);
		return;
	}
	if (!evaluator->first ||
	    now_ms() < evaluator->moved_ms + evaluator_silence_ms(evaluator))
		return;
	evaluator->is_silent = true;
	lose_child(evaluator);
}

int evaluator_wait(struct evaluator *evaluator, struct error *err)
{
	while (evaluator->first) {
		struct pollfd fds[EVALUATOR_FDS];

		evaluator_poll(evaluator, fds);
		if (poll(fds, EVALUATOR_FDS, evaluator_timeout_ms(evaluator)) < 0 &&
		    errno != EINTR)
			return error_errno(err, "wait for the routes");
		evaluator_work(evaluator, fds);
	}
	return 0;
}

void evaluator_free(struct evaluator *evaluator)
{
	if (!evaluator)
		return;
	evaluator_close(evaluator);
	free(evaluator);
}

static void note_answer(struct question *question)
{
	(void)question;
}

int routes_apply(struct deliveries *deliveries, struct routes *routes,
		 struct str_view line, struct error *err)
{
	struct question question = { .line = line, .answered = note_answer };

	if (!routes->evaluator) {
		routes->evaluator = calloc(1, sizeof(*routes->evaluator));
		if (!routes->evaluator)
			abort();
		evaluator_open(routes->evaluator, routes);
	}
	evaluator_ask(routes->evaluator, &question);
	if (evaluator_wait(routes->evaluator, err) < 0)
		return -1;
	if (question.problem) {
		(void)error_set(err, ERROR_DATA, "%s", question.problem);
		free(question.problem);
		return -1;
	}
	*deliveries = question.deliveries;
	return 0;
}
