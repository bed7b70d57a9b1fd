#include "lib/str.h"

#include <string.h>

#include "lib/error.h"
#include "tests/lib/check.h"

static void null_equals_nothing(void)
{
	CHECK(!str_equal(NULL, NULL) && !str_equal("a", NULL) && str_equal("a", "a"));
	CHECK(str_equal_nocase("Push", "pUSH") && !str_equal_nocase("a", NULL));
	CHECK(str_starts("sha256=ab", "sha256=") && !str_starts("sha", "sha256="));
	CHECK(str_ends("a.jq", ".jq") && !str_ends("jq", ".jq"));
}

static void splits_to_the_end(void)
{
	const char *text = "a,,b";

	CHECK(str_view_equal(str_split(&text, ','), "a"));
	CHECK(str_view_equal(str_split(&text, ','), ""));
	CHECK(str_view_equal(str_split(&text, ','), "b"));
	CHECK(text == NULL);
}

static void numbers_are_digits_in_range(void)
{
	static const char *const bad[] = { "",	 "-1",	"+1", " 1",
					   "1 ", "0x1", "11", "18446744073709551616",
					   "1e1" };
	struct error err = { 0 };
	uint64_t n = 77;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CHECK(str_to_u64(&n, bad[i], 0, 10, &err) == -1);
		CHECK(n == 77 && err.kind == ERROR_DATA);
	}
	CHECK(str_to_u64(&n, "10", 0, 10, &err) == 0 && n == 10);
	CHECK(str_to_u64(&n, "18446744073709551615", 0, UINT64_MAX, &err) == 0);
	CHECK(n == UINT64_MAX);
}

static void durations_have_units(void)
{
	static const char *const bad[] = {
		"", "m", "1w", "1.5h", "-1s", "1 s", "999999999999999999d"
	};
	struct error err = { 0 };
	uint64_t ms = 0;
	size_t i;

	CHECK(str_to_duration(&ms, "90s", &err) == 0 && ms == 90000);
	CHECK(str_to_duration(&ms, "90", &err) == 0 && ms == 90000);
	CHECK(str_to_duration(&ms, "500ms", &err) == 0 && ms == 500);
	CHECK(str_to_duration(&ms, "7d", &err) == 0 && ms == 604800000);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(str_to_duration(&ms, bad[i], &err) == -1 && ms == 604800000);
}

static void sizes_are_powers_of_1024(void)
{
	struct error err = { 0 };
	uint64_t bytes = 0;

	CHECK(str_to_size(&bytes, "25M", &err) == 0 && bytes == 26214400);
	CHECK(str_to_size(&bytes, "7", &err) == 0 && bytes == 7);
	CHECK(str_to_size(&bytes, "1T", &err) == -1);
	CHECK(str_to_size(&bytes, "17179869184G", &err) == -1);
}

static bool to_hundredths(uint64_t *number, const char *text)
{
	return str_to_hundredths(number, (struct str_view){ text, strlen(text) });
}

static void hundredths(void)
{
	static const char *const bad[] = { "",		 ".",		".5",  "1.",
					   "1.234",	 "1.2.3",	"-1",  "1 ",
					   " 1",	 "1.5x",	"+1",  "1,5",
					   "4294967297", "42949672960", "1..5" };
	static const struct {
		const char *text;
		uint64_t number;
	} good[] = {
		{ "0", 0 },
		{ "7", 700 },
		{ "12.5", 1250 },
		{ "0.01", 1 },
		{ "007.10", 710 },
		{ "99.99", 9999 },
		{ "4294967296.99", (UINT64_C(1) << 32) * 100 + 99 },
	};
	uint64_t n = 77;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(!to_hundredths(&n, bad[i]) && n == 77);
	CHECK(!to_hundredths(&n, "99999999999999999999999999999999") && n == 77);
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CHECK(to_hundredths(&n, good[i].text) && n == good[i].number);
	/* What is behind the view is not looked at. */
	CHECK(str_to_hundredths(&n, (struct str_view){ "12.345%", 5 }) && n == 1234);
	CHECK(!str_to_hundredths(&n, (struct str_view){ NULL, 0 }));
}

static void leading_digits_are_enough(void)
{
	CHECK(str_leading_u64("42 (sh) S") == 42 && str_leading_u64("7\n") == 7);
	CHECK(str_leading_u64("") == 0 && str_leading_u64(" 1") == 0);
	CHECK(str_leading_u64("self") == 0 && str_leading_u64("-1") == 0);
	CHECK(str_leading_u64("99999999999999999999") == 0);
}

static void identifiers_are_checked(void)
{
	CHECK(str_is_identifier("abc") && str_is_identifier("A-1-b"));
	CHECK(!str_is_identifier("ab") && !str_is_identifier("a_b") &&
	      !str_is_identifier(""));
	CHECK(!str_is_identifier("123456789012345678901234567890123"));
	CHECK(str_is_identifier("12345678901234567890123456789012"));
}

static void names_cannot_climb(void)
{
	CHECK(str_is_name("acme/site.git") && str_is_name("app_1"));
	CHECK(!str_is_name("..") && !str_is_name("acme/..") && !str_is_name("/acme"));
	CHECK(!str_is_name("a/b/c") && !str_is_name("a//b") && !str_is_name(""));
	CHECK(!str_is_name("a b") && !str_is_name("a\nb"));
}

static const struct check_case cases[] = {
	{ "null_equals_nothing", null_equals_nothing },
	{ "splits_to_the_end", splits_to_the_end },
	{ "numbers_are_digits_in_range", numbers_are_digits_in_range },
	{ "leading_digits_are_enough", leading_digits_are_enough },
	{ "hundredths", hundredths },
	{ "durations_have_units", durations_have_units },
	{ "sizes_are_powers_of_1024", sizes_are_powers_of_1024 },
	{ "identifiers_are_checked", identifiers_are_checked },
	{ "names_cannot_climb", names_cannot_climb },
};

CHECK_MAIN(cases)
