#include "lib/http_server.h"

#include "tests/lib/served.h"

#define LIMITS_SHORT                                                                     \
	{                                                                                \
		.connections = 8, .idle_s = 1, .total_s = 60                             \
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
	const struct http_limits limits = { .connections = 8,
					    .idle_s = 60,
					    .total_s = 1 };
	auto_buf struct buf got = BUF_EMPTY;
	auto_close int fd = -1;

	start(&limits);
	fd = dial();
	tell(fd, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n");
	while (!answers(fd, 50))
		(void)!send(fd, "x", 1, MSG_NOSIGNAL);
	reads_all(&got, fd);
	CHECK(str_starts(buf_str(&got), "HTTP/1.1 408 "));
	stop(&fd);
}

static void a_slow_head_is_cut_off_sooner(void)
{
	const struct http_limits limits = {
		.connections = 8, .idle_s = 60, .total_s = 60, .head_s = 1
	};
	auto_buf struct buf got = BUF_EMPTY;
	auto_buf struct buf late = BUF_EMPTY;
	auto_close int slow = -1;
	auto_close int kept = -1;

	start(&limits);
	kept = dial();
	tell(kept, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
	CHECK(reads(&got, kept, "GET /1 "));
	slow = dial();
	tell(slow, "GET / HTTP/1.1\r\n");
	while (!answers(slow, 50))
		(void)!send(slow, "x", 1, MSG_NOSIGNAL);
	reads_all(&late, slow);
	CHECK(str_starts(buf_str(&late), "HTTP/1.1 408 "));
	tell(kept, "GET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
	CHECK(reads(&got, kept, "GET /2 "));
	stop(&kept);
}

static void who_has_been_idle_for_the_longest_makes_room(void)
{
	const struct http_limits limits = { .connections = 3,
					    .idle_s = 60,
					    .total_s = 60 };
	auto_buf struct buf got = BUF_EMPTY;
	auto_buf struct buf ended = BUF_EMPTY;
	auto_close int busy = -1;
	auto_close int idle = -1;
	auto_close int newest = -1;

	start(&limits);
	busy = dial();
	tell(busy, "POST /busy HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf");
	idle = dial();
	tell(idle, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	CHECK(reads(&got, idle, "GET / "));
	newest = dial();
	reads_all(&ended, idle);
	CHECK(ended.len == 0);
	tell(newest, "GET /newest HTTP/1.1\r\nHost: h\r\n\r\n");
	CHECK(reads(&got, newest, "GET /newest "));
	tell(busy, "other");
	CHECK(reads(&got, busy, "POST /busy "));
	stop(&newest);
}

static void more_connections_than_allowed_wait(void)
{
	const struct http_limits limits = { .connections = 2,
					    .idle_s = 60,
					    .total_s = 60 };
	auto_buf struct buf got = BUF_EMPTY;
	auto_buf struct buf third_got = BUF_EMPTY;
	auto_close int first = -1;
	auto_close int second = -1;
	auto_close int third = -1;

	start(&limits);
	first = dial();
	tell(first, "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
		    "Content-Length: 9\r\n\r\n");
	CHECK(reads(&got, first, "HTTP/1.1 100 "));
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
	const struct http_limits limits = { .connections = 1,
					    .idle_s = 2,
					    .total_s = 60 };
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

/* A service that answers when a descriptor of its own says so. */
struct bell {
	struct http_server server;
	struct echo echo;
	int fd;
	unsigned rings;
};

static void ring(void *context)
{
	struct bell *bell = context;
	char byte = 0;

	if (!bell->echo.waits) /* it stays readable */
		return;
	CHECK(read(bell->fd, &byte, 1) == 1);
	if (++bell->rings < 3)
		return;
	http_server_forget(&bell->server, bell->fd);
	say(bell->echo.waiting[--bell->echo.waits]);
}

static void a_watched_descriptor_answers(void)
{
	const struct http_limits limits = HTTP_LIMITS;
	auto_buf struct buf got = BUF_EMPTY;
	struct bell bell = { .server = HTTP_SERVER_NONE };
	struct http_service service = service_of(&bell.echo);
	struct http_watch watch = { .ready = ring, .context = &bell };
	struct error err = { 0 };
	int pair[2];
	int line[2];

	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 && pipe(line) == 0);
	tell(pair[0], "GET /late HTTP/1.1\r\nHost: h\r\n\r\n");
	CHECK(write(line[1], "1234", 4) == 4);
	service.turn = NULL;
	CHECK(http_server_open_single(&bell.server, (int[]){ pair[1], pair[1] }, &service,
				      &limits, &err) == 0);
	close(pair[1]);
	watch.fd = bell.fd = line[0];
	CHECK(http_server_watch(&bell.server, &watch, &err) == 0);
	CHECK(http_server_run(&bell.server, &err) == 0);
	http_server_close(&bell.server);
	CHECK(bell.rings == 3 && bell.echo.done == 1);
	reads_all(&got, pair[0]);
	CHECK(strstr(buf_str(&got), "GET /late "));
}

static void only_so_many_descriptors_are_watched(void)
{
	const struct http_limits limits = HTTP_LIMITS;
	struct http_server server = HTTP_SERVER_NONE;
	struct echo echo = { 0 };
	const struct http_service service = service_of(&echo);
	struct http_watch watch = { .ready = ring };
	struct error err = { 0 };
	int pair[2];
	int lines[HTTP_WATCHES + 1][2];

	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	CHECK(http_server_open_single(&server, (int[]){ pair[1], pair[1] }, &service,
				      &limits, &err) == 0);
	for (int i = 0; i <= HTTP_WATCHES; i++) {
		CHECK(pipe(lines[i]) == 0);
		watch.fd = lines[i][0];
		CHECK((http_server_watch(&server, &watch, &err) == 0) ==
		      (i < HTTP_WATCHES));
	}
	CHECK(err.kind == ERROR_TEMPORARY);
	http_server_forget(&server, lines[3][0]);
	CHECK(http_server_watch(&server, &watch, &err) == 0);
	http_server_close(&server);
}

static const struct check_case cases[] = {
	{ "who_is_silent_is_cut_off", who_is_silent_is_cut_off },
	{ "who_takes_too_long_is_cut_off", who_takes_too_long_is_cut_off },
	{ "a_slow_head_is_cut_off_sooner", a_slow_head_is_cut_off_sooner },
	{ "who_has_been_idle_for_the_longest_makes_room",
	  who_has_been_idle_for_the_longest_makes_room },
	{ "more_connections_than_allowed_wait", more_connections_than_allowed_wait },
	{ "what_is_broken_off_is_done", what_is_broken_off_is_done },
	{ "sigterm_finishes_what_has_begun", sigterm_finishes_what_has_begun },
	{ "a_single_request_from_a_pipe", a_single_request_from_a_pipe },
	{ "a_single_request_from_a_socket", a_single_request_from_a_socket },
	{ "half_a_single_request_is_no_request", half_a_single_request_is_no_request },
	{ "a_watched_descriptor_answers", a_watched_descriptor_answers },
	{ "only_so_many_descriptors_are_watched", only_so_many_descriptors_are_watched },
};

CHECK_MAIN(cases)
