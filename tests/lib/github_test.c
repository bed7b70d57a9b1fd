#include "lib/github.h"

#include "lib/cleanup.h"
#include "lib/str.h"
#include "tests/lib/canned.h"

#define DATE "Date: Fri, 20 Nov 2026 23:45:10 GMT\r\n"
#define CLOSE "Connection: close\r\n\r\n"

/* One call against one canned answer. */
static void ask(struct github_answer *answer, const char *text)
{
	const char *const answers[] = { text, NULL };
	auto_free char *base = str_format("http://127.0.0.1:%d/", canned_serve(answers));
	auto_github struct github github = GITHUB_NONE;
	const struct github_request request = {
		"POST", "/app/x", { "tok.en", 6 }, { "{\"a\":1}", 7 }
	};
	struct error err = { 0 };

	CHECK(github_open(&github, base, &err) == 0);
	CHECK(github_call(answer, &github, &request, &err) == 0);
}

static void call_has_githubs_headers(void)
{
	auto_github_answer struct github_answer answer = GITHUB_ANSWER_EMPTY;
	auto_buf struct buf request = BUF_EMPTY;

	ask(&answer, "HTTP/1.1 201 Created\r\n" DATE CLOSE "{\n \"id\": 5\n}\n");
	CHECK(answer.status == 201 && answer.date_ms == 1795218310000);
	CHECK(!answer.is_limited && answer.retry_after_s == 0);
	CHECK_STR(buf_str(&answer.body), "{  \"id\": 5 } ");
	canned_request(&request, 0);
	CHECK(str_starts(buf_str(&request), "POST /app/x HTTP/1.1\r\n"));
	CHECK(strstr(buf_str(&request), "\r\nAccept: application/vnd.github+json\r\n") !=
	      NULL);
	CHECK(strstr(buf_str(&request), "\r\nX-GitHub-Api-Version: 2022-11-28\r\n") !=
	      NULL);
	CHECK(strstr(buf_str(&request), "\r\nAuthorization: Bearer tok.en\r\n") != NULL);
	CHECK(str_ends(buf_str(&request), "{\"a\":1}"));
}

/* One call against an answer with this Link. */
static int ask_page(struct github_answer *answer, const char *link, struct error *err)
{
	auto_free char *text =
		str_format("HTTP/1.1 200 OK\r\nLink: %s\r\n" CLOSE "[]", link);
	const char *const answers[] = { text, NULL };
	auto_free char *base = str_format("http://127.0.0.1:%d", canned_serve(answers));
	auto_github struct github github = GITHUB_NONE;
	const struct github_request request = { "GET", "/x", { "t", 1 }, { NULL, 0 } };

	CHECK(github_open(&github, base, err) == 0);
	return github_call(answer, &github, &request, err);
}

/* That a page of the same origin is found, the tests of hookrecv reconcile show. */
static void the_next_page_is_at_the_same_origin(void)
{
	static const char *const others[] = {
		"<https://api.github.com/x?page=2>; rel=\"next\"",
		"<http://127.0.0.1/x?page=2>; rel=\"next\"",
		"<http://127.0.0.1:1@example.org/x>; rel=\"next\"",
		"<>; rel=\"next\"",
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		auto_github_answer struct github_answer answer = GITHUB_ANSWER_EMPTY;
		struct error err = { 0 };

		CHECK(ask_page(&answer, others[i], &err) < 0);
		CHECK(err.kind == ERROR_DENIED && !answer.next);
	}
}

static void the_last_page_has_no_next(void)
{
	auto_github_answer struct github_answer answer = GITHUB_ANSWER_EMPTY;
	struct error err = { 0 };

	CHECK(ask_page(&answer, "<https://x/?page=1>; rel=\"first\"", &err) == 0);
	CHECK(answer.status == 200 && !answer.next);
}

static const struct judged {
	const char *answer;
	enum error_kind kind;
	bool is_limited;
	uint64_t retry_after_s;
} judged[] = {
	{ "200 OK\r\n" CLOSE "{}", ERROR_NONE, false, 0 },
	{ "204 No Content\r\n" CLOSE, ERROR_NONE, false, 0 },
	{ "304 Not Modified\r\n" CLOSE, ERROR_DATA, false, 0 },
	{ "401 U\r\n" CLOSE "{\"message\":\"Bad credentials\"}", ERROR_DENIED, false, 0 },
	{ "403 F\r\n" CLOSE "{\"message\":\"Resource not accessible by integration\"}",
	  ERROR_DENIED, false, 0 },
	{ "403 F\r\nX-RateLimit-Remaining: 17\r\n" CLOSE "{}", ERROR_DENIED, false, 0 },
	{ "403 F\r\nRetry-After: 7\r\nX-RateLimit-Remaining: 17\r\n" CLOSE "{}",
	  ERROR_TEMPORARY, true, 7 },
	{ "403 F\r\n" DATE
	  "X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 1795218400\r\n" CLOSE "{}",
	  ERROR_TEMPORARY, true, 91 },
	{ "403 F\r\n" CLOSE "{\"message\":\"You have exceeded a secondary rate limit\"}",
	  ERROR_TEMPORARY, true, 60 },
	{ "429 T\r\n" CLOSE "{}", ERROR_TEMPORARY, true, 60 },
	{ "404 N\r\n" CLOSE "{}", ERROR_ABSENT, false, 0 },
	{ "410 G\r\n" CLOSE "{}", ERROR_ABSENT, false, 0 },
	{ "422 U\r\n" CLOSE "{}", ERROR_DATA, false, 0 },
	{ "500 E\r\n" CLOSE "{}", ERROR_TEMPORARY, false, 0 },
	{ "502 E\r\n" CLOSE "<html>no JSON</html>", ERROR_TEMPORARY, false, 0 },
	{ "503 E\r\nRetry-After: 9\r\n" CLOSE, ERROR_TEMPORARY, false, 9 },
};

static void answers_are_judged(void)
{
	for (size_t i = 0; i < sizeof(judged) / sizeof(judged[0]); i++) {
		auto_github_answer struct github_answer answer = GITHUB_ANSWER_EMPTY;
		auto_free char *text = str_format("HTTP/1.1 %s", judged[i].answer);
		struct error err = { 0 };

		ask(&answer, text);
		(void)github_answer_check(&answer, "try", &err);
		CHECK(err.kind == judged[i].kind);
		CHECK(answer.is_limited == judged[i].is_limited);
		CHECK(answer.retry_after_s == judged[i].retry_after_s);
	}
}

static void githubs_words_are_told_and_bounded(void)
{
	auto_github_answer struct github_answer answer = GITHUB_ANSWER_EMPTY;
	auto_free char *long_text = str_format("{\"message\":\"%0900d\"}", 1);
	struct error err = { 0 };

	answer.status = 422;
	buf_add_str(&answer.body, "{\"message\":\"bad\\nthing\",\"x\":1}");
	CHECK(github_answer_check(&answer, "mint", &err) < 0);
	CHECK_STR(err.message, "mint: GitHub says 422 'bad\\nthing'");
	buf_clear(&answer.body);
	buf_add_str(&answer.body, long_text);
	CHECK(github_answer_check(&answer, "mint", &err) < 0);
	CHECK(strlen(err.message) < 260);
	buf_clear(&answer.body);
	buf_add_str(&answer.body, "{\"message\":{\"url\":[\"is blocked\"]}}");
	answer.forge = "GitLab";
	CHECK(github_answer_check(&answer, "make", &err) < 0);
	CHECK_STR(err.message, "make: GitLab says 422 '{\"url\":[\"is blocked\"]}'");
	answer.forge = NULL;
	buf_clear(&answer.body);
	answer.retry_after_s = 5;
	CHECK(github_answer_check(&answer, "mint", &err) < 0);
	CHECK_STR(err.message, "mint: GitHub says 422 'no message', retry after 5 s");
}

static void answers_travel_as_lines(void)
{
	auto_github_answer struct github_answer answer = GITHUB_ANSWER_EMPTY;
	auto_github_answer struct github_answer read = GITHUB_ANSWER_EMPTY;
	auto_buf struct buf line = BUF_EMPTY;
	struct error err = { 0 };

	answer.status = 429;
	answer.is_limited = true;
	answer.retry_after_s = 12;
	answer.date_ms = 1795218310000;
	buf_add_str(&answer.body, "{\"token\":\"ghs_1\"}");
	github_answer_write(&line, &answer);
	CHECK(github_answer_read(&read, (struct str_view){ line.data, line.len }, &err) ==
	      0);
	CHECK(read.status == 429 && read.is_limited && read.retry_after_s == 12);
	CHECK(read.date_ms == 1795218310000);
	CHECK_STR(buf_str(&read.body), "{\"token\":\"ghs_1\"}");
}

static void errors_travel_as_lines(void)
{
	static const enum error_kind kinds[] = { ERROR_TEMPORARY, ERROR_DENIED,
						 ERROR_CONFIG, ERROR_DATA, ERROR_SYSTEM };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		auto_github_answer struct github_answer read = GITHUB_ANSWER_EMPTY;
		auto_buf struct buf line = BUF_EMPTY;
		struct error sent = { 0 };
		struct error got = { 0 };

		(void)error_set(&sent, kinds[i], "reach 'x': no route");
		github_answer_write_error(&line, &sent);
		CHECK(github_answer_read(&read, (struct str_view){ line.data, line.len },
					 &got) < 0);
		CHECK(got.kind == kinds[i]);
		CHECK_STR(got.message, "reach 'x': no route");
	}
}

static void other_lines_are_refused(void)
{
	static const char *const lines[] = { "",   "{}", "{\"status\":1000}",
					     "[]", "x",	 "{\"error\":\"what\"}" };

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		auto_github_answer struct github_answer read = GITHUB_ANSWER_EMPTY;
		struct error err = { 0 };

		CHECK(github_answer_read(&read,
					 (struct str_view){ lines[i], strlen(lines[i]) },
					 &err) < 0);
		CHECK(err.kind == ERROR_BUG);
	}
}

static const struct check_case cases[] = {
	{ "call_has_githubs_headers", call_has_githubs_headers },
	{ "the_next_page_is_at_the_same_origin", the_next_page_is_at_the_same_origin },
	{ "the_last_page_has_no_next", the_last_page_has_no_next },
	{ "answers_are_judged", answers_are_judged },
	{ "githubs_words_are_told_and_bounded", githubs_words_are_told_and_bounded },
	{ "answers_travel_as_lines", answers_travel_as_lines },
	{ "errors_travel_as_lines", errors_travel_as_lines },
	{ "other_lines_are_refused", other_lines_are_refused },
};

CHECK_MAIN(cases)
