#include "lib/version.h"

#include "tests/lib/check.h"

static struct version parsed(const char *text)
{
	struct version version = { { 0, 0, 0 }, 0 };

	CHECK(version_parse(&version, text));
	return version;
}

static void what_is_parsed_is_written_again(void)
{
	static const char *const texts[] = { "1.2.0", "0.0.1", "999999999.0.999999999",
					     "1",     "1.2",   "" };
	char text[VERSION_LEN];
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct version version = parsed(texts[i]);

		version_format(text, &version);
		CHECK_STR(text, texts[i]);
	}
}

static void what_is_no_version_is_refused(void)
{
	static const char *const texts[] = { "1.2.3.4", "v1",	"1.",	      ".1",
					     "01.0.0",	"1..2", "1.2.0-rc1",  "1.2.0+7",
					     " 1",	"-1",	"1000000000", "1.2.x" };
	struct version version = { { 7, 7, 7 }, 3 };
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		CHECK(!version_parse(&version, texts[i]));
	CHECK(version.numbers[0] == 7 && version.parts == 3);
}

static void numbers_are_compared_as_numbers(void)
{
	static const char *const order[] = { "0.9.9",  "1.0.0", "1.2.0",
					     "1.10.0", "2.0.0", "10.0.0" };
	size_t i;

	for (i = 0; i + 1 < sizeof(order) / sizeof(order[0]); i++) {
		struct version a = parsed(order[i]);
		struct version b = parsed(order[i + 1]);

		CHECK(version_compare(&a, &b) < 0);
		CHECK(version_compare(&b, &a) > 0);
		CHECK(version_compare(&a, &a) == 0);
	}
}

static bool matches(const char *wanted, const char *version)
{
	struct version a = parsed(wanted);
	struct version b = parsed(version);

	return version_matches(&a, &b);
}

static void the_beginning_stands_for_all(void)
{
	CHECK(matches("", "3.1.4"));
	CHECK(matches("1", "1.2.0") && !matches("1", "10.2.0") && !matches("1", "2.1.0"));
	CHECK(matches("1.2", "1.2.9") && !matches("1.2", "1.20.0"));
	CHECK(matches("1.2.0", "1.2.0") && !matches("1.2.0", "1.2.1"));
}

static const struct check_case cases[] = {
	{ "what_is_parsed_is_written_again", what_is_parsed_is_written_again },
	{ "what_is_no_version_is_refused", what_is_no_version_is_refused },
	{ "numbers_are_compared_as_numbers", numbers_are_compared_as_numbers },
	{ "the_beginning_stands_for_all", the_beginning_stands_for_all },
};

CHECK_MAIN(cases)
