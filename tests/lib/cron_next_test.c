#include "lib/cron_next.h"

#include <time.h>

#include "lib/cron.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/zone.h"
#include "tests/lib/check.h"

enum { MINUTE = 60, DAY = 86400 };

static struct cron parsed(const char *text)
{
	struct cron cron = { 0 };
	struct error err = { 0 };

	CHECK(cron_parse(&cron, text, &err) == 0);
	return cron;
}

/* "2026-03-29T01:00Z" */
static int64_t at(const char *text)
{
	char whole[32];
	int64_t ms = 0;

	CHECK(strlen(text) == 17);
	snprintf(whole, sizeof(whole), "%.16s:00Z", text);
	CHECK(date_parse(&ms, whole));
	return ms / 1000;
}

struct row {
	const char *zone;
	const char *text;
	const char *after;
	const char *want[5]; /* in UTC; ends with NULL */
};

static void check_rows(const struct row *rows, size_t count)
{
	auto_zone struct zone zone = ZONE_EMPTY;
	struct error err = { 0 };
	size_t i;
	size_t k;

	zone_open(&zone);
	for (i = 0; i < count; i++) {
		const struct cron cron = parsed(rows[i].text);
		int64_t time = at(rows[i].after);

		CHECK(zone_use(&zone, rows[i].zone, &err) == 0);
		for (k = 0; k < 5 && rows[i].want[k]; k++) {
			char got[DATE_LEN];
			char want[DATE_LEN];

			CHECK(cron_next(&time, &cron, time));
			date_format(got, time * 1000);
			date_format(want, at(rows[i].want[k]) * 1000);
			if (strcmp(got, want) != 0)
				fprintf(stderr, "%s in %s, number %zu:\n", rows[i].text,
					rows[i].zone, k);
			CHECK_STR(got, want);
		}
	}
}

#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof((rows)[0]))

/* clang-format off */
static const struct row berlin[] = {
	/* 29 March 2026, 02:00 is 03:00 (01:00Z); 25 October, 03:00 is 02:00 (01:00Z). */
	{ "Europe/Berlin", "30 2 * * *", "2026-03-28T00:00Z",
	  { "2026-03-28T01:30Z", "2026-03-29T01:00Z", "2026-03-30T00:30Z" } },
	{ "Europe/Berlin", "*/10 2 * * *", "2026-03-28T01:50Z",
	  { "2026-03-29T01:00Z", "2026-03-30T00:00Z" } },
	{ "Europe/Berlin", "0 2,3 * * *", "2026-03-29T00:00Z",
	  { "2026-03-29T01:00Z", "2026-03-30T00:00Z", "2026-03-30T01:00Z" } },
	{ "Europe/Berlin", "0 */2 * * *", "2026-03-28T23:00Z",
	  { "2026-03-29T01:00Z", "2026-03-29T02:00Z" } },
	{ "Europe/Berlin", "30 * * * *", "2026-03-29T00:00Z",
	  { "2026-03-29T00:30Z", "2026-03-29T01:30Z", "2026-03-29T02:30Z" } },
	{ "Europe/Berlin", "30 2 29 3 *", "2026-01-01T00:00Z",
	  { "2026-03-29T01:00Z", "2027-03-29T00:30Z" } },
	{ "Europe/Berlin", "59 1 * * *", "2026-03-28T12:00Z",
	  { "2026-03-29T00:59Z", "2026-03-29T23:59Z" } },
	{ "Europe/Berlin", "0 3 * * *", "2026-03-28T12:00Z",
	  { "2026-03-29T01:00Z", "2026-03-30T01:00Z" } },
	{ "Europe/Berlin", "30 2 * * *", "2026-10-24T12:00Z",
	  { "2026-10-25T00:30Z", "2026-10-26T01:30Z" } },
	{ "Europe/Berlin", "*/20 2 * * *", "2026-10-25T00:00Z",
	  { "2026-10-25T00:20Z", "2026-10-25T00:40Z", "2026-10-26T01:00Z" } },
	{ "Europe/Berlin", "0,30 2,3 * * *", "2026-10-25T00:30Z",
	  { "2026-10-25T02:00Z", "2026-10-25T02:30Z", "2026-10-26T01:00Z" } },
	/* From the middle of the second of the two hours on. */
	{ "Europe/Berlin", "30 2 * * *", "2026-10-25T01:10Z", { "2026-10-26T01:30Z" } },
	{ "Europe/Berlin", "*/30 * * * *", "2026-10-25T00:00Z",
	  { "2026-10-25T00:30Z", "2026-10-25T01:00Z", "2026-10-25T01:30Z", "2026-10-25T02:00Z" } },
	{ "Europe/Berlin", "0 3 * * *", "2026-10-24T12:00Z",
	  { "2026-10-25T02:00Z", "2026-10-26T02:00Z" } },
	{ "Europe/Berlin", "every 1h", "2026-10-25T00:00Z",
	  { "2026-10-25T01:00Z", "2026-10-25T02:00Z", "2026-10-25T03:00Z" } },
};

static const struct row new_york[] = {
	/* 8 March 2026, 02:00 is 03:00 (07:00Z); 1 November, 02:00 is 01:00 (06:00Z). */
	{ "America/New_York", "15 2 * * sun", "2026-03-02T00:00Z",
	  { "2026-03-08T07:00Z", "2026-03-15T06:15Z" } },
	{ "America/New_York", "0 0 * * *", "2026-03-08T00:00Z",
	  { "2026-03-08T05:00Z", "2026-03-09T04:00Z" } },
	{ "America/New_York", "15 1 * * *", "2026-10-31T12:00Z",
	  { "2026-11-01T05:15Z", "2026-11-02T06:15Z" } },
	{ "America/New_York", "15 * * * *", "2026-11-01T04:30Z",
	  { "2026-11-01T05:15Z", "2026-11-01T06:15Z", "2026-11-01T07:15Z" } },
	{ "America/New_York", "0 12 * * 1-5", "2026-11-20T18:00Z",
	  { "2026-11-23T17:00Z", "2026-11-24T17:00Z" } },
};

static const struct row half_hours[] = {
	/* 5 April 2026, 02:00 is 01:30 (15:00Z the day before); 4 October, 02:00 is 02:30 (15:30Z). */
	{ "Australia/Lord_Howe", "15 2 * * *", "2026-10-02T16:00Z",
	  { "2026-10-03T15:30Z", "2026-10-04T15:15Z" } },
	{ "Australia/Lord_Howe", "15,45 2 * * *", "2026-10-03T12:00Z",
	  { "2026-10-03T15:30Z", "2026-10-03T15:45Z", "2026-10-04T15:15Z" } },
	{ "Australia/Lord_Howe", "45 1 * * *", "2026-04-03T15:00Z",
	  { "2026-04-04T14:45Z", "2026-04-05T15:15Z" } },
	{ "Australia/Lord_Howe", "45 * * * *", "2026-04-04T14:00Z",
	  { "2026-04-04T14:45Z", "2026-04-04T15:15Z", "2026-04-04T16:15Z" } },
	{ "Asia/Kolkata", "0 9 * * *", "2026-01-01T00:00Z",
	  { "2026-01-01T03:30Z", "2026-01-02T03:30Z" } },
	{ "Pacific/Chatham", "0 0 * * *", "2026-07-01T00:00Z",
	  { "2026-07-01T11:15Z", "2026-07-02T11:15Z" } },
};

static const struct row skipped_day[] = {
	/* Samoa had no 30 December 2011: after the 29th (-10) came the 31st (+14), 10:00Z. */
	{ "Pacific/Apia", "0 12 * * *", "2011-12-29T00:00Z",
	  { "2011-12-29T22:00Z", "2011-12-30T10:00Z", "2011-12-30T22:00Z" } },
	{ "Pacific/Apia", "0 12 30 12 *", "2011-06-01T00:00Z",
	  { "2011-12-30T10:00Z", "2012-12-29T22:00Z" } },
	{ "Pacific/Apia", "0 * 30 12 *", "2011-06-01T00:00Z", { "2012-12-29T10:00Z" } },
	{ "Pacific/Apia", "0 0 31 12 *", "2011-06-01T00:00Z",
	  { "2011-12-30T10:00Z", "2012-12-30T10:00Z" } },
};

static const struct row far_ahead[] = {
	{ "UTC", "0 0 29 2 *", "2096-03-01T00:00Z", { "2104-02-29T00:00Z" } },
	{ "UTC", "0 0 29 2 */7", "2088-03-01T00:00Z", { "2128-02-29T00:00Z" } },
	{ "UTC", "59 23 31 12 *", "2026-12-31T23:59Z", { "2027-12-31T23:59Z" } },
	{ "UTC", "* * * * *", "2026-12-31T23:59Z", { "2027-01-01T00:00Z" } },
	{ "Europe/Berlin", "30 2 * 3 0", "2095-03-21T12:00Z",
	  { "2095-03-27T01:00Z", "2096-03-04T01:30Z" } },
	{ "UTC", "every 7d", "2026-11-21T00:00Z", { "2026-11-26T00:00Z", "2026-12-03T00:00Z" } },
	{ "America/New_York", "every 90m", "2026-03-08T05:00Z",
	  { "2026-03-08T06:00Z", "2026-03-08T07:30Z" } },
};
/* clang-format on */

static void berlin_changes_its_clock(void)
{
	CHECK_ROWS(berlin);
}

static void new_york_changes_its_clock(void)
{
	CHECK_ROWS(new_york);
}

static void clocks_that_are_changed_by_half_an_hour(void)
{
	CHECK_ROWS(half_hours);
}

static void a_day_that_never_was(void)
{
	CHECK_ROWS(skipped_day);
}

static void days_that_are_far(void)
{
	CHECK_ROWS(far_ahead);
}

/*
 * The rule in other words, minute by minute: it is due when the clock shows a minute of it,
 * and, unless it takes every hour, not when the clock had shown that before, but when the
 * clock has just jumped over one.
 */
struct slow {
	const struct cron *cron;
	int64_t most; /* that the clock has shown */
};

static int64_t clock_of(int64_t time)
{
	const time_t seconds = (time_t)time;
	struct tm tm = { 0 };

	localtime_r(&seconds, &tm);
	return timegm(&tm);
}

static bool shows(const struct slow *slow, int64_t clock)
{
	int64_t found = 0;

	return cron_match(&found, slow->cron, clock) && found == clock;
}

static bool is_due(struct slow *slow, int64_t time)
{
	int64_t clock = clock_of(time);
	bool due = false;

	if (cron_is_hourly(slow->cron))
		return shows(slow, clock);
	for (; slow->most < clock; slow->most += MINUTE)
		due = shows(slow, slow->most + MINUTE) || due;
	return due;
}

static void compare(const char *text, int64_t from, int64_t until)
{
	const struct cron cron = parsed(text);
	struct slow slow = { &cron, clock_of(from) };
	int64_t next = from;
	int64_t time;

	CHECK(cron_next(&next, &cron, next));
	for (time = from + MINUTE; time < until; time += MINUTE) {
		int64_t last = 0;
		bool due = is_due(&slow, time);

		if (due != (next == time))
			fprintf(stderr, "%s at %jd: due %d, next %jd\n", text,
				(intmax_t)time, due, (intmax_t)next);
		CHECK(due == (next == time));
		CHECK(next >= time);
		if (!due)
			continue;
		CHECK(cron_last(&last, &cron, from, time) && last == time);
		CHECK(cron_next(&next, &cron, next));
	}
}

static void as_one_who_looks_at_the_clock_each_minute(void)
{
	static const char *const texts[] = {
		"30 2 * * *",	"*/7 1-3 * * *", "0 */2 * * *",	     "15 * * * *",
		"0 0 * * *",	"59 23 * * *",	 "5,35 0-2 * * 6,0", "0 1,2,3 */3 * *",
		"0 12 30 12 *", "20 * 30 12 *",	 "10 0-22 * * *",
	};
	static const struct {
		const char *zone;
		const char *from;
	} spans[] = {
		{ "Europe/Berlin", "2026-03-27T12:00Z" },
		{ "Europe/Berlin", "2026-10-23T12:00Z" },
		{ "America/New_York", "2026-03-06T12:00Z" },
		{ "America/New_York", "2026-10-30T12:00Z" },
		{ "Australia/Lord_Howe", "2026-04-02T12:00Z" },
		{ "Australia/Lord_Howe", "2026-10-01T12:00Z" },
		{ "Pacific/Apia", "2011-12-27T12:00Z" },
		{ "Africa/Casablanca", "2026-02-13T12:00Z" },
		{ "America/Caracas", "2007-12-07T12:00Z" },
		{ "UTC", "2028-02-27T12:00Z" },
	};
	auto_zone struct zone zone = ZONE_EMPTY;
	struct error err = { 0 };
	size_t i;
	size_t k;

	zone_open(&zone);
	for (i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
		CHECK(zone_use(&zone, spans[i].zone, &err) == 0);
		for (k = 0; k < sizeof(texts) / sizeof(texts[0]); k++)
			compare(texts[k], at(spans[i].from), at(spans[i].from) + 5 * DAY);
	}
}

static void the_last_of_many_is_found_at_once(void)
{
	auto_zone struct zone zone = ZONE_EMPTY;
	const int64_t now = at("2026-11-21T12:34Z");
	struct cron cron = parsed("* * * * *");
	struct error err = { 0 };
	int64_t last = 0;

	zone_open(&zone);
	CHECK(zone_use(&zone, "Europe/Berlin", &err) == 0);
	CHECK(cron_last(&last, &cron, 0, now + 59) && last == now);
	CHECK(!cron_last(&last, &cron, now, now + 59));
	CHECK(cron_last(&last, &cron, now - 1, now) && last == now);
	cron = parsed("0 0 1 1 *");
	CHECK(cron_last(&last, &cron, 0, now) && last == at("2025-12-31T23:00Z"));
	CHECK(!cron_last(&last, &cron, at("2025-12-31T23:00Z"), now));
	cron = parsed("every 15m");
	CHECK(cron_last(&last, &cron, 0, now) && last == at("2026-11-21T12:30Z"));
	/* The clock went back: nothing lies behind what comes later. */
	CHECK(!cron_last(&last, &cron, now + DAY, now));
	/* A jump counts like any other. */
	cron = parsed("30 2 * * *");
	CHECK(cron_last(&last, &cron, 0, at("2026-03-29T12:00Z")));
	CHECK(last == at("2026-03-29T01:00Z"));
}

static const struct check_case cases[] = {
	{ "berlin_changes_its_clock", berlin_changes_its_clock },
	{ "new_york_changes_its_clock", new_york_changes_its_clock },
	{ "clocks_that_are_changed_by_half_an_hour",
	  clocks_that_are_changed_by_half_an_hour },
	{ "a_day_that_never_was", a_day_that_never_was },
	{ "days_that_are_far", days_that_are_far },
	{ "as_one_who_looks_at_the_clock_each_minute",
	  as_one_who_looks_at_the_clock_each_minute },
	{ "the_last_of_many_is_found_at_once", the_last_of_many_is_found_at_once },
};

CHECK_MAIN(cases)
