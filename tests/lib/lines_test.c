#include "lib/lines.h"

#include <string.h>
#include <unistd.h>

#include "lib/error.h"
#include "tests/lib/check.h"

static int pipe_with(const char *text)
{
	int ends[2] = { -1, -1 };
	ssize_t put;

	CHECK(pipe(ends) == 0);
	put = write(ends[1], text, strlen(text));
	CHECK(put == (ssize_t)strlen(text));
	close(ends[1]);
	return ends[0];
}

static void expect(struct lines *lines, const char *text)
{
	struct str_view line = { NULL, 0 };
	struct error err = { 0 };
	bool found = false;

	CHECK(lines_next(&line, &found, lines, &err) == 0);
	CHECK(found);
	CHECK(str_view_equal(line, text));
}

static void expect_end(struct lines *lines)
{
	struct str_view line = { NULL, 0 };
	struct error err = { 0 };
	bool found = true;

	CHECK(lines_next(&line, &found, lines, &err) == 0);
	CHECK(!found);
}

static void expect_too_long(struct lines *lines)
{
	struct str_view line = { NULL, 0 };
	struct error err = { 0 };
	bool found = true;

	CHECK(lines_next(&line, &found, lines, &err) == -1);
	CHECK(err.kind == ERROR_DATA);
}

static void gives_lines(void)
{
	auto_lines struct lines lines = LINES(pipe_with("one\n\nthree\n"), 10);

	expect(&lines, "one");
	expect(&lines, "");
	expect(&lines, "three");
	expect_end(&lines);
	expect_end(&lines);
}

static void takes_a_last_line_without_break(void)
{
	auto_lines struct lines lines = LINES(pipe_with("one\ntwo"), 10);

	expect(&lines, "one");
	expect(&lines, "two");
	expect_end(&lines);
}

static void skips_a_line_that_is_too_long(void)
{
	auto_lines struct lines lines = LINES(pipe_with("ok\n12345678901\nnext\n"), 10);

	expect(&lines, "ok");
	expect_too_long(&lines);
	expect(&lines, "next");
	expect_end(&lines);
}

static void takes_a_line_of_exactly_the_limit(void)
{
	auto_lines struct lines lines = LINES(pipe_with("1234567890\n"), 10);

	expect(&lines, "1234567890");
	expect_end(&lines);
}

static void holds_little_of_an_endless_line(void)
{
	static char block[60000];
	auto_lines struct lines lines = LINES(-1, 100);
	int ends[2] = { -1, -1 };

	memset(block, 'x', sizeof(block));
	CHECK(pipe(ends) == 0);
	lines.fd = ends[0];
	CHECK(write(ends[1], block, sizeof(block)) == sizeof(block));
	expect_too_long(&lines);
	CHECK(write(ends[1], block, sizeof(block)) == sizeof(block));
	CHECK(write(ends[1], "\nnext\n", 6) == 6);
	expect(&lines, "next");
	CHECK(lines.buf.cap < 200000);
	close(ends[1]);
	expect_end(&lines);
}

static void half_a_line_is_not_ready(void)
{
	auto_lines struct lines lines = LINES(-1, 4);
	int ends[2] = { -1, -1 };

	CHECK(pipe(ends) == 0);
	lines.fd = ends[0];
	CHECK(write(ends[1], "abc", 3) == 3);
	CHECK(!lines_is_ready(&lines));
	CHECK(write(ends[1], "d\n", 2) == 2);
	CHECK(lines_is_ready(&lines));
	expect(&lines, "abcd");
	CHECK(write(ends[1], "abcde", 5) == 5);
	CHECK(lines_is_ready(&lines));
	expect_too_long(&lines);
	CHECK(!lines_is_ready(&lines));
	CHECK(write(ends[1], "more\nno", 7) == 7);
	CHECK(!lines_is_ready(&lines));
	CHECK(write(ends[1], "w\n", 2) == 2);
	CHECK(lines_is_ready(&lines));
	expect(&lines, "now");
	close(ends[1]);
}

static void knows_what_is_ready(void)
{
	auto_lines struct lines lines = LINES(-1, 100);
	int ends[2] = { -1, -1 };

	CHECK(pipe(ends) == 0);
	lines.fd = ends[0];
	CHECK(!lines_is_ready(&lines));
	CHECK(write(ends[1], "a\nb\n", 4) == 4);
	CHECK(lines_is_ready(&lines));
	expect(&lines, "a");
	CHECK(lines_is_ready(&lines));
	expect(&lines, "b");
	CHECK(!lines_is_ready(&lines));
	close(ends[1]);
	CHECK(lines_is_ready(&lines));
	expect_end(&lines);
}

static const struct check_case cases[] = {
	{ "gives_lines", gives_lines },
	{ "takes_a_last_line_without_break", takes_a_last_line_without_break },
	{ "skips_a_line_that_is_too_long", skips_a_line_that_is_too_long },
	{ "takes_a_line_of_exactly_the_limit", takes_a_line_of_exactly_the_limit },
	{ "holds_little_of_an_endless_line", holds_little_of_an_endless_line },
	{ "knows_what_is_ready", knows_what_is_ready },
	{ "half_a_line_is_not_ready", half_a_line_is_not_ready },
};

CHECK_MAIN(cases)
