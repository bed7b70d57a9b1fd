#include "lib/pattern.h"

#include "tests/lib/check.h"

static bool matches(const char *pattern, const char *text)
{
	return pattern_matches(pattern, (struct str_view){ text, strlen(text) });
}

static void it_is_anchored_at_both_ends(void)
{
	CHECK(matches("/runs", "/runs"));
	CHECK(!matches("/runs", "/runs/"));
	CHECK(!matches("/runs", "x/runs"));
	CHECK(!matches("/runs", "/run"));
	CHECK(!matches("", "x"));
	CHECK(matches("", ""));
	CHECK(!matches("refs/heads/main", "refs/heads/main2"));
}

static void a_star_is_one_part(void)
{
	CHECK(matches("/runs/*", "/runs/17"));
	CHECK(!matches("/runs/*", "/runs/"));
	CHECK(!matches("/runs/*", "/runs/17/log"));
	CHECK(matches("/runs/*/log", "/runs/17/log"));
	CHECK(matches("v*.*", "v1.2.3"));
	CHECK(!matches("v*.*", "v1."));
	CHECK(matches("*", "x") && !matches("*", "") && !matches("*", "a/b"));
	CHECK(matches("a*a", "aaa") && !matches("a*a", "aa"));
}

static void two_stars_are_anything(void)
{
	CHECK(matches("**", "") && matches("**", "a/b/c"));
	CHECK(matches("/jobs/**", "/jobs/1/log"));
	CHECK(matches("/jobs/**", "/jobs/"));
	CHECK(!matches("/jobs/**", "/jobs"));
	CHECK(matches("**/log", "a/b/log") && !matches("**/log", "a/b/log/"));
	CHECK(matches("a**b**c", "abc") && matches("a**b**c", "a/x/b/y/c"));
	CHECK(matches("***", "x") && !matches("***", ""));
}

static void every_other_byte_is_itself(void)
{
	CHECK(matches("a?[b].+", "a?[b].+"));
	CHECK(!matches("a.c", "abc"));
	CHECK(!matches("A", "a"));
	CHECK(!pattern_matches("ab", (struct str_view){ "a\0b", 3 }));
	CHECK(pattern_matches("a*b", (struct str_view){ "a\0b", 3 }));
}

static void hard_patterns_take_no_time(void)
{
	char text[4001];
	char pattern[PATTERN_MAX + 2];

	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (size_t i = 0; i < PATTERN_MAX; i++)
		pattern[i] = i % 2 ? 'a' : '*';
	pattern[PATTERN_MAX] = '\0';
	pattern[PATTERN_MAX - 1] = 'b';
	CHECK(!matches(pattern, text));
	memset(pattern, 'a', sizeof(pattern));
	pattern[PATTERN_MAX + 1] = '\0';
	CHECK(!matches(pattern, pattern));
}

static const struct check_case cases[] = {
	{ "it_is_anchored_at_both_ends", it_is_anchored_at_both_ends },
	{ "a_star_is_one_part", a_star_is_one_part },
	{ "two_stars_are_anything", two_stars_are_anything },
	{ "every_other_byte_is_itself", every_other_byte_is_itself },
	{ "hard_patterns_take_no_time", hard_patterns_take_no_time },
};

CHECK_MAIN(cases)
