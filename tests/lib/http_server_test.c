#include "lib/http_server.h"

#include "tests/lib/served.h"

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
};

CHECK_MAIN(cases)
