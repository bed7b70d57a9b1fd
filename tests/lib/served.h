#ifndef TESTS_LIB_SERVED_H
#define TESTS_LIB_SERVED_H

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/http_server.h"
#include "lib/listener.h"
#include "lib/str.h"
#include "tests/lib/check.h"

/*
 * The service under test says what it got.  /early is answered before the body, the answer to
 * /late comes from turn, two requests for /pair are answered together.
 */
struct echo {
	struct http_exchange *waiting[8];
	unsigned waits;
	unsigned begun;
	unsigned done;
};

static inline void echo_begin(struct http_exchange *exchange, void *context)
{
	struct echo *echo = context;
	struct buf *body = calloc(1, sizeof(*body));

	CHECK(body);
	echo->begun++;
	http_set_state(exchange, body);
	if (str_equal(http_path(exchange), "/early"))
		http_answer_error(exchange, 403, "early", "say \"no\"");
}

static inline void echo_body(struct http_exchange *exchange, const char *bytes,
			     size_t len, void *context)
{
	(void)context;
	CHECK(!http_is_answered(exchange));
	buf_add(http_state(exchange), bytes, len);
}

static inline void say(struct http_exchange *exchange)
{
	auto_buf struct buf text = BUF_EMPTY;
	struct buf *body = http_state(exchange);
	const char *one = http_header(exchange, "X-ONE");
	const char *query = http_query(exchange, "q");
	uint64_t length = 99;
	bool known = http_length(exchange, &length);

	buf_add_format(&text, "%s %s q=%s one=%s %s length=%d ", http_method(exchange),
		       http_path(exchange), query ? query : "-", one ? one : "-",
		       http_remote(exchange), known ? (int)length : -1);
	buf_add(&text, buf_str(body), body->len > 64 ? 0 : body->len);
	http_answer_header(exchange, "X-Answer", "yes");
	http_answer(exchange, 200, "text/plain", text.data, text.len);
	CHECK(http_is_answered(exchange) && http_status(exchange) == 200);
}

static inline void echo_end(struct http_exchange *exchange, void *context)
{
	struct echo *echo = context;

	if (str_equal(http_path(exchange), "/late") ||
	    str_equal(http_path(exchange), "/pair"))
		echo->waiting[echo->waits++] = exchange;
	else
		say(exchange);
}

static inline void echo_turn(void *context)
{
	struct echo *echo = context;

	if (!echo->waits ||
	    (str_equal(http_path(echo->waiting[0]), "/pair") && echo->waits < 2))
		return;
	while (echo->waits)
		say(echo->waiting[--echo->waits]);
}

static inline void echo_done(struct http_exchange *exchange, void *context)
{
	struct echo *echo = context;
	struct buf *body = http_state(exchange);

	if (!body)
		return;
	echo->done++;
	buf_free(body);
	free(body);
}

static inline struct http_service service_of(struct echo *echo)
{
	return (struct http_service){
		.context = echo,
		.begin = echo_begin,
		.body = echo_body,
		.end = echo_end,
		.done = echo_done,
		.turn = echo_turn,
	};
}

/* A server in a process of its own, that ends with the test. */
static pid_t child;

static inline void serve(int listening, const struct http_limits *limits)
{
	struct http_server server = HTTP_SERVER_NONE;
	struct error err = { 0 };
	struct echo echo = { 0 };
	const struct http_service service = service_of(&echo);

	child = fork();
	CHECK(child >= 0);
	if (child > 0)
		return;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	CHECK(http_server_open(&server, listening, &service, limits, &err) == 0);
	close(listening);
	CHECK(http_server_run(&server, &err) == 0);
	http_server_close(&server);
	CHECK(echo.begun == echo.done);
	_exit(0);
}

static inline void start(const struct http_limits *limits)
{
	struct error err = { 0 };
	int fd = -1;

	CHECK(chdir(getenv("BATS_TEST_TMPDIR")) == 0);
	CHECK(listener_open(&fd, "unix:s", &err) == 0);
	serve(fd, limits);
	close(fd);
}

static inline void ended_well(void)
{
	int status = 1;

	CHECK(waitpid(child, &status, 0) == child);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* The client goes first: the server would wait for it. */
static inline void stop(int *fd)
{
	if (fd)
		cleanup_close(fd);
	CHECK(kill(child, SIGTERM) == 0);
	ended_well();
}

static inline int dial(void)
{
	const struct sockaddr_un address = { AF_UNIX, "s" };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	CHECK(connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0);
	return fd;
}

static inline void tell(int fd, const char *text)
{
	CHECK(send(fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text));
}

/* Is there something to read (or the end) within so many milliseconds? */
static inline bool answers(int fd, int within_ms)
{
	struct pollfd waiting = { fd, POLLIN, 0 };

	return poll(&waiting, 1, within_ms) == 1;
}

/* Read on until the text is there; false when the connection ends without it. */
static inline bool reads(struct buf *got, int fd, const char *text)
{
	while (!strstr(buf_str(got), text)) {
		ssize_t len;

		CHECK(answers(fd, 20000));
		len = read(fd, buf_room(got, 4096), 4096);
		if (len <= 0)
			return false;
		buf_grew(got, (size_t)len);
	}
	return true;
}

/* All there is until the server closes the connection. */
static inline void reads_all(struct buf *got, int fd)
{
	CHECK(!reads(got, fd, "\x01 this never comes"));
}

static inline size_t count_of(const struct buf *got, const char *text)
{
	const char *at = buf_str(got);
	size_t count = 0;

	while ((at = strstr(at, text))) {
		at += strlen(text);
		count++;
	}
	return count;
}

#endif
