#include "lib/date.h"

#include "tests/lib/check.h"

static void formats_milliseconds(void)
{
	char text[DATE_LEN];

	date_format(text, 1795218310123);
	CHECK_STR(text, "2026-11-20T23:45:10.123Z");
	date_format(text, 0);
	CHECK_STR(text, "1970-01-01T00:00:00.000Z");
	date_format(text, -1);
	CHECK_STR(text, "1969-12-31T23:59:59.999Z");
	date_format(text, INT64_C(-55119328490000));
	CHECK_STR(text, "0223-05-04T19:25:10.000Z");
	date_format(text, INT64_MAX);
	CHECK(strlen(text) == DATE_LEN - 1);
}

static void parses_rfc_3339(void)
{
	int64_t ms = 0;

	CHECK(date_parse(&ms, "2026-11-20T23:45:10Z") && ms == 1795218310000);
	CHECK(date_parse(&ms, "2026-11-20T23:45:10.5Z") && ms == 1795218310500);
	CHECK(date_parse(&ms, "2026-11-21T01:15:10.123456+01:30") && ms == 1795218310123);
	CHECK(date_parse(&ms, "2024-02-29T00:00:00-00:00"));
	CHECK(date_parse(&ms, "2016-12-31T23:59:60Z") && ms == 1483228799000);
}

static void refuses_what_is_no_date(void)
{
	static const char *const bad[] = {
		"",
		"2026-11-20",
		"2026-11-20T23:45:10",
		"2026-02-30T00:00:00Z",
		"2026-13-01T00:00:00Z",
		"2026-11-20T24:00:00Z",
		"2026-11-20T23:45:10.Z",
		"2026-11-20T23:45:10Zx",
		"2026-11-20T23:45:10+25:00",
		"26-11-20T23:45:10Z",
		"9999-12-31T23:59:59-00:01",
		"0000-01-01T00:00:00+00:01",
	};
	int64_t ms = 7;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(!date_parse(&ms, bad[i]) && ms == 7);
}

static void parses_http_dates(void)
{
	int64_t ms = 0;

	CHECK(date_parse_http(&ms, "Sun, 06 Nov 1994 08:49:37 GMT") &&
	      ms == 784111777000);
	CHECK(!date_parse_http(&ms, "Sun, 06 Nov 1994 08:49:37 PST"));
	CHECK(!date_parse_http(&ms, "Sunday, 06-Nov-94 08:49:37 GMT"));
	CHECK(!date_parse_http(&ms, "yesterday"));
}

static void what_is_written_is_read_again(void)
{
	char text[DATE_LEN];
	int64_t now = date_now_ms();
	int64_t back = 0;

	date_format(text, now);
	CHECK(date_parse(&back, text) && back == now);
}

static const struct check_case cases[] = {
	{ "formats_milliseconds", formats_milliseconds },
	{ "parses_rfc_3339", parses_rfc_3339 },
	{ "refuses_what_is_no_date", refuses_what_is_no_date },
	{ "parses_http_dates", parses_http_dates },
	{ "what_is_written_is_read_again", what_is_written_is_read_again },
};

CHECK_MAIN(cases)
