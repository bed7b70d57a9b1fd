#include "lib/http_server.h"

#include <errno.h>
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
#include "lib/file.h"
#include "lib/listener.h"
#include "lib/str.h"
#include "tests/lib/check.h"

#define LIMITS_SHORT                                                                     \
	{                                                                                \
		8, 1, 60                                                                 \
	}

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

static void echo_begin(struct http_exchange *exchange, void *context)
{
	struct echo *echo = context;
	struct buf *body = calloc(1, sizeof(*body));

	CHECK(body);
	echo->begun++;
	http_set_state(exchange, body);
	if (str_equal(http_path(exchange), "/early"))
		http_answer_error(exchange, 403, "early", "say \"no\"");
}

static void echo_body(struct http_exchange *exchange, const char *bytes, size_t len,
		      void *context)
{
	(void)context;
	CHECK(!http_is_answered(exchange));
	buf_add(http_state(exchange), bytes, len);
}

static void say(struct http_exchange *exchange)
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

static void echo_end(struct http_exchange *exchange, void *context)
{
	struct echo *echo = context;

	if (str_equal(http_path(exchange), "/late") ||
	    str_equal(http_path(exchange), "/pair"))
		echo->waiting[echo->waits++] = exchange;
	else
		say(exchange);
}

static void echo_turn(void *context)
{
	struct echo *echo = context;

	if (!echo->waits ||
	    (str_equal(http_path(echo->waiting[0]), "/pair") && echo->waits < 2))
		return;
	while (echo->waits)
		say(echo->waiting[--echo->waits]);
}

static void echo_done(struct http_exchange *exchange, void *context)
{
	struct echo *echo = context;
	struct buf *body = http_state(exchange);

	if (!body)
		return;
	echo->done++;
	buf_free(body);
	free(body);
}

static struct http_service service_of(struct echo *echo)
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

static void serve(int listening, const struct http_limits *limits)
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

static void start(const struct http_limits *limits)
{
	struct error err = { 0 };
	int fd = -1;

	CHECK(chdir(getenv("BATS_TEST_TMPDIR")) == 0);
	CHECK(listener_open(&fd, "unix:s", &err) == 0);
	serve(fd, limits);
	close(fd);
}

static void ended_well(void)
{
	int status = 1;

	CHECK(waitpid(child, &status, 0) == child);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* The client goes first: the server would wait for it. */
static void stop(int *fd)
{
	if (fd)
		cleanup_close(fd);
	CHECK(kill(child, SIGTERM) == 0);
	ended_well();
}

static int dial(void)
{
	const struct sockaddr_un address = { AF_UNIX, "s" };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	CHECK(connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0);
	return fd;
}

static void tell(int fd, const char *text)
{
	CHECK(send(fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text));
}

/* Is there something to read (or the end) within so many milliseconds? */
static bool answers(int fd, int within_ms)
{
	struct pollfd waiting = { fd, POLLIN, 0 };

	return poll(&waiting, 1, within_ms) == 1;
}

/* Read on until the text is there; false when the connection ends without it. */
static bool reads(struct buf *got, int fd, const char *text)
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
static void reads_all(struct buf *got, int fd)
{
	CHECK(!reads(got, fd, "\x01 this never comes"));
}

static size_t count_of(const struct buf *got, const char *text)
{
	const char *at = buf_str(got);
	size_t count = 0;

	while ((at = strstr(at, text))) {
		at += strlen(text);
		count++;
	}
	return count;
}

static void a_request_reaches_its_service(void)
{
	const struct http_limits limits = HTTP_LIMITS;
	auto_buf struct buf got = BUF_EMPTY;
	auto_close int fd = -1;

	start(&limits);
	fd = dial();
	tell(fd, "POST /a%20b?q=x%26y HTTP/1.1\r\nHost: h\r\nx-one: 1\r\n"
		 "Content-Length: 5\r\n\r\nhello");
	CHECK(reads(&got, fd, "POST /a b q=x&y one=1 unix length=5 hello"));
	CHECK(str_starts(buf_str(&got), "HTTP/1.1 200 OK\r\n"));
	CHECK(strstr(buf_str(&got), "\r\nX-Answer: yes\r\n"));
	CHECK(strstr(buf_str(&got), "\r\nContent-Type: text/plain\r\n"));
	stop(&fd);
}

static void the_address_of_the_peer(void)
{
	const struct http_limits limits = HTTP_LIMITS;
	auto_buf struct buf got = BUF_EMPTY;
	auto_free char *name = NULL;
	struct sockaddr_storage address = { 0 };
	socklen_t len = sizeof(address);
	struct error err = { 0 };
	auto_close int fd = socket(AF_INET, SOCK_STREAM, 0);
	int listening = -1;

	CHECK(listener_open(&listening, "127.0.0.1:0", &err) == 0);
	CHECK(getsockname(listening, (struct sockaddr *)&address, &len) == 0);
	serve(listening, &limits);
	close(listening);
	CHECK(connect(fd, (struct sockaddr *)&address, len) == 0);
	tell(fd, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	CHECK(reads(&got, fd, "GET / q=- one=- 127.0.0.1 length=-1 "));
	stop(&fd);
}

static void an_early_answer_asks_for_no_body(void)
{
	const struct http_limits limits = HTTP_LIMITS;
	auto_buf struct buf got = BUF_EMPTY;
	auto_close int fd = -1;

	start(&limits);
	fd = dial();
	tell(fd, "POST /early HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n"
		 "Expect: 100-continue\r\n\r\n");
	CHECK(reads(&got, fd, "}}"));
	CHECK(str_starts(buf_str(&got), "HTTP/1.1 403 "));
	CHECK(strstr(buf_str(&got),
		     "{\"error\":{\"code\":\"early\",\"message\":\"say \\\"no\\\"\"}}"));
	CHECK(count_of(&got, "100 Continue") == 0);
	stop(&fd);
}

/* A reset would take the answer away from who still sends. */
static void an_early_answer_is_read_by_who_goes_on_sending(void)
{
	const struct http_limits limits = HTTP_LIMITS;
	auto_buf struct buf got = BUF_EMPTY;
	static char piece[65536];
	auto_close int fd = -1;
	int i;

	start(&limits);
	fd = dial();
	tell(fd, "POST /early HTTP/1.1\r\nHost: h\r\nContent-Length: 4194304\r\n\r\n");
	for (i = 0; i < 64; i++)
		CHECK(send(fd, piece, sizeof(piece), MSG_NOSIGNAL) == sizeof(piece));
	reads_all(&got, fd);
	CHECK(str_starts(buf_str(&got), "HTTP/1.1 403 "));
	stop(&fd);
}

static void a_body_is_asked_for_when_it_is_wanted(void)
{
	const struct http_limits limits = HTTP_LIMITS;
	auto_buf struct buf got = BUF_EMPTY;
	auto_close int fd = -1;

	start(&limits);
	fd = dial();
	tell(fd, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n"
		 "Expect: 100-continue\r\n\r\n");
	CHECK(reads(&got, fd, "100 Continue\r\n\r\n"));
	tell(fd, "ok");
	CHECK(reads(&got, fd, "length=2 ok"));
	stop(&fd);
}

static void a_chunked_body_has_no_length(void)
{
	const struct http_limits limits = HTTP_LIMITS;
	auto_buf struct buf got = BUF_EMPTY;
	auto_close int fd = -1;

	start(&limits);
	fd = dial();
	tell(fd, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
		 "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n");
	CHECK(reads(&got, fd, "length=-1 abcde"));
	stop(&fd);
}

static void an_answer_may_come_later(void)
{
	const struct http_limits limits = HTTP_LIMITS;
	auto_buf struct buf first_got = BUF_EMPTY;
	auto_buf struct buf second_got = BUF_EMPTY;
	auto_close int first = -1;
	auto_close int second = -1;

	start(&limits);
	first = dial();
	tell(first, "GET /pair HTTP/1.1\r\nHost: h\r\n\r\n");
	CHECK(!answers(first, 100));
	second = dial();
	tell(second, "GET /pair HTTP/1.1\r\nHost: h\r\n\r\n");
	CHECK(reads(&first_got, first, "GET /pair"));
	CHECK(reads(&second_got, second, "GET /pair"));
	stop(&first);
}

static void requests_are_answered_in_their_order(void)
{
	const struct http_limits limits = HTTP_LIMITS;
	auto_buf struct buf got = BUF_EMPTY;
	auto_close int fd = -1;

	start(&limits);
	fd = dial();
	tell(fd, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n"
		 "POST /late HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nxy"
		 "GET /3 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
	reads_all(&got, fd);
	CHECK(count_of(&got, "HTTP/1.1 200 OK") == 3);
	CHECK(strstr(buf_str(&got), "GET /1 ") < strstr(buf_str(&got), "POST /late "));
	CHECK(strstr(buf_str(&got), "POST /late ") < strstr(buf_str(&got), "GET /3 "));
	stop(&fd);
}

/* What two servers would understand differently is a way to smuggle a request past one. */
static void a_length_that_is_given_twice_is_refused(void)
{
	static const char *const heads[] = {
		"Content-Length: 2\r\nContent-Length: 2\r\n",
		"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
		"Transfer-Encoding: gzip\r\n",
	};
	static const char *const codes[] = { "bad_length", "bad_length", "bad_encoding" };
	const struct http_limits limits = HTTP_LIMITS;
	size_t i;

	start(&limits);
	for (i = 0; i < 3; i++) {
		auto_buf struct buf got = BUF_EMPTY;
		auto_close int fd = dial();

		tell(fd, "POST / HTTP/1.1\r\nHost: h\r\n");
		tell(fd, heads[i]);
		tell(fd, "\r\nok");
		reads_all(&got, fd);
		CHECK(str_starts(buf_str(&got), "HTTP/1.1 400 "));
		CHECK(strstr(buf_str(&got), codes[i]));
	}
	stop(NULL);
}

static void a_nul_does_not_cut_the_path(void)
{
	const struct http_limits limits = HTTP_LIMITS;
	auto_buf struct buf got = BUF_EMPTY;
	auto_close int fd = -1;

	start(&limits);
	fd = dial();
	tell(fd, "GET /a%00b HTTP/1.1\r\nHost: h\r\n\r\n");
	CHECK(reads(&got, fd, "GET /a\001b q="));
	stop(&fd);
}

static void rubbish_and_floods_are_cut_off(void)
{
	const struct http_limits limits = HTTP_LIMITS;
	auto_free char *flood =
		str_format("GET / HTTP/1.1\r\nHost: h\r\nX: %0100000d\r\n\r\n", 1);
	const char *const texts[] = { "\r\n\r\n\x16\x03\x01\x02\r\n\r\n", flood };
	size_t i;

	start(&limits);
	for (i = 0; i < 2; i++) {
		auto_buf struct buf got = BUF_EMPTY;
		auto_close int fd = dial();

		/* It may be cut off while we still send. */
		(void)!send(fd, texts[i], strlen(texts[i]), MSG_NOSIGNAL);
		reads_all(&got, fd);
		CHECK(count_of(&got, "HTTP/1.1 200") == 0);
	}
	stop(NULL);
}

static void who_is_silent_is_cut_off(void)
{
	const struct http_limits limits = LIMITS_SHORT;
	auto_buf struct buf got = BUF_EMPTY;
	auto_close int fd = -1;

	start(&limits);
	fd = dial();
	tell(fd, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf");
	reads_all(&got, fd);
	CHECK(count_of(&got, "HTTP/1.1 200") == 0);
	stop(&fd);
}

static void who_takes_too_long_is_cut_off(void)
{
	const struct http_limits limits = { 8, 60, 1 };
	auto_close int fd = -1;

	start(&limits);
	fd = dial();
	tell(fd, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n");
	while (!answers(fd, 50))
		(void)!send(fd, "x", 1, MSG_NOSIGNAL);
	stop(&fd);
}

static void more_connections_than_allowed_wait(void)
{
	const struct http_limits limits = { 2, 60, 60 };
	auto_buf struct buf got = BUF_EMPTY;
	auto_buf struct buf third_got = BUF_EMPTY;
	auto_close int first = -1;
	auto_close int second = -1;
	auto_close int third = -1;

	start(&limits);
	first = dial();
	tell(first, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	CHECK(reads(&got, first, "GET / "));
	second = dial();
	tell(second, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf");
	third = dial();
	tell(third, "GET /third HTTP/1.1\r\nHost: h\r\n\r\n");
	CHECK(!answers(third, 200));
	CHECK(close(steal_fd(&first)) == 0);
	CHECK(reads(&third_got, third, "GET /third "));
	CHECK(kill(child, SIGKILL) == 0);
}

static void what_is_broken_off_is_done(void)
{
	const struct http_limits limits = HTTP_LIMITS;
	auto_buf struct buf got = BUF_EMPTY;
	auto_close int late = -1;
	int fd;

	start(&limits);
	fd = dial();
	tell(fd, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf");
	close(fd);
	late = dial();
	tell(late, "GET /after HTTP/1.1\r\nHost: h\r\n\r\n");
	CHECK(reads(&got, late, "GET /after "));
	stop(&late);
}

static void sigterm_finishes_what_has_begun(void)
{
	const struct http_limits limits = HTTP_LIMITS;
	const struct sockaddr_un address = { AF_UNIX, "s" };
	auto_buf struct buf got = BUF_EMPTY;
	auto_close int begun = -1;
	auto_close int kept = -1;
	auto_close int refused = socket(AF_UNIX, SOCK_STREAM, 0);

	start(&limits);
	kept = dial();
	tell(kept, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	CHECK(reads(&got, kept, "GET / "));
	begun = dial();
	tell(begun, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n"
		    "Expect: 100-continue\r\n\r\n");
	buf_clear(&got);
	CHECK(reads(&got, begun, "100 Continue"));
	CHECK(kill(child, SIGTERM) == 0);
	/* The connection that only waits for another request ends, the other goes on. */
	CHECK(answers(kept, 20000));
	CHECK(connect(refused, (const struct sockaddr *)&address, sizeof(address)) < 0);
	tell(begun, "done");
	CHECK(reads(&got, begun, "length=4 done"));
	reads_all(&got, begun);
	ended_well();
}

static void serve_single(const int fds[static 2])
{
	const struct http_limits limits = { 1, 2, 60 };
	struct http_server server = HTTP_SERVER_NONE;
	struct error err = { 0 };
	struct echo echo = { 0 };
	const struct http_service service = service_of(&echo);

	CHECK(http_server_open_single(&server, fds, &service, &limits, &err) == 0);
	CHECK(http_server_run(&server, &err) == 0);
	http_server_close(&server);
	CHECK(!server.state && echo.begun == echo.done);
}

static void a_single_request_from_a_pipe(void)
{
	auto_buf struct buf got = BUF_EMPTY;
	int in[2];
	int out[2];

	CHECK(pipe(in) == 0 && pipe(out) == 0);
	CHECK(write(in[1], "GET /late HTTP/1.1\r\nHost: h\r\n\r\n", 31) == 31);
	close(in[1]);
	serve_single((int[]){ in[0], out[1] });
	close(out[1]);
	reads_all(&got, out[0]);
	CHECK(strstr(buf_str(&got), "GET /late q=- one=- stdin length=-1 "));
	CHECK(strstr(buf_str(&got), "\r\nConnection: close\r\n"));
}

static void a_single_request_from_a_socket(void)
{
	auto_buf struct buf got = BUF_EMPTY;
	int pair[2];

	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	tell(pair[0], "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\n\r\n");
	serve_single((int[]){ pair[1], pair[1] });
	close(pair[1]);
	reads_all(&got, pair[0]);
	CHECK(strstr(buf_str(&got), "GET /1 q=- one=- unix length=-1 "));
	CHECK(count_of(&got, "HTTP/1.1 200") == 1);
	CHECK(strstr(buf_str(&got), "\r\nConnection: close\r\n"));
}

static void half_a_single_request_is_no_request(void)
{
	int in[2];
	int out[2];

	CHECK(pipe(in) == 0 && pipe(out) == 0);
	CHECK(write(in[1], "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nha",
		    50) == 50);
	close(in[1]);
	serve_single((int[]){ in[0], out[1] });
}

static const struct check_case cases[] = {
	{ "a_request_reaches_its_service", a_request_reaches_its_service },
	{ "the_address_of_the_peer", the_address_of_the_peer },
	{ "an_early_answer_asks_for_no_body", an_early_answer_asks_for_no_body },
	{ "an_early_answer_is_read_by_who_goes_on_sending",
	  an_early_answer_is_read_by_who_goes_on_sending },
	{ "a_body_is_asked_for_when_it_is_wanted",
	  a_body_is_asked_for_when_it_is_wanted },
	{ "a_chunked_body_has_no_length", a_chunked_body_has_no_length },
	{ "an_answer_may_come_later", an_answer_may_come_later },
	{ "requests_are_answered_in_their_order", requests_are_answered_in_their_order },
	{ "a_length_that_is_given_twice_is_refused",
	  a_length_that_is_given_twice_is_refused },
	{ "a_nul_does_not_cut_the_path", a_nul_does_not_cut_the_path },
	{ "rubbish_and_floods_are_cut_off", rubbish_and_floods_are_cut_off },
	{ "who_is_silent_is_cut_off", who_is_silent_is_cut_off },
	{ "who_takes_too_long_is_cut_off", who_takes_too_long_is_cut_off },
	{ "more_connections_than_allowed_wait", more_connections_than_allowed_wait },
	{ "what_is_broken_off_is_done", what_is_broken_off_is_done },
	{ "sigterm_finishes_what_has_begun", sigterm_finishes_what_has_begun },
	{ "a_single_request_from_a_pipe", a_single_request_from_a_pipe },
	{ "a_single_request_from_a_socket", a_single_request_from_a_socket },
	{ "half_a_single_request_is_no_request", half_a_single_request_is_no_request },
};

CHECK_MAIN(cases)
