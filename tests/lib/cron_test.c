#include "lib/cron.h"

#include "lib/error.h"
#include "tests/lib/check.h"

static struct cron parsed(const char *text)
{
	struct cron cron = { 0 };
	struct error err = { 0 };

	if (cron_parse(&cron, text, &err) < 0)
		CHECK_STR(err.message, text);
	return cron;
}

static void refused(const char *text, const char *why)
{
	struct cron cron = { .every_s = 7 };
	struct error err = { 0 };

	CHECK(cron_parse(&cron, text, &err) < 0);
	CHECK(err.kind == ERROR_DATA);
	if (!strstr(err.message, why))
		CHECK_STR(err.message, why);
	CHECK(cron.every_s == 7);
}

static void takes_ranges_steps_and_lists(void)
{
	struct cron cron = parsed("0,30 1-3 1-31/10 */4 1-5");

	CHECK(cron.minutes == (UINT64_C(1) | UINT64_C(1) << 30));
	CHECK(cron.hours == 0xe);
	CHECK(cron.days == (1U << 1 | 1U << 11 | 1U << 21 | 1U << 31));
	CHECK(cron.months == (1U << 1 | 1U << 5 | 1U << 9));
	CHECK(cron.weekdays == 0x3e);
	CHECK(!cron.days_star && !cron.weekdays_star && !cron.every_s);
	CHECK(parsed("5-20/5,59 * * * *").minutes ==
	      (UINT64_C(1) << 5 | UINT64_C(1) << 10 | UINT64_C(1) << 15 |
	       UINT64_C(1) << 20 | UINT64_C(1) << 59));
	CHECK(parsed("  5 \t4 *  * * ").hours == 1U << 4);
	CHECK(parsed("*/59 * * * *").minutes == (UINT64_C(1) | UINT64_C(1) << 59));
	CHECK(parsed("007 0 1 1 0").minutes == UINT64_C(1) << 7);
}

static void takes_names(void)
{
	CHECK(parsed("0 0 * JAN,dec mon-FRI").months == (1U << 1 | 1U << 12));
	CHECK(parsed("0 0 * JAN,dec mon-FRI").weekdays == 0x3e);
	CHECK(parsed("0 0 * jun-aug Sun").months == (1U << 6 | 1U << 7 | 1U << 8));
	CHECK(parsed("0 0 * * Sun").weekdays == 1);
	CHECK(parsed("0 0 * * fri-sun").weekdays == (1U | 1U << 5 | 1U << 6));
}

static void seven_is_sunday(void)
{
	CHECK(parsed("0 0 * * 7").weekdays == 1);
	CHECK(parsed("0 0 * * 0,7").weekdays == 1);
	CHECK(parsed("0 0 * * 5-7").weekdays == (1U | 1U << 5 | 1U << 6));
	CHECK(parsed("0 0 * * *").weekdays == 0x7f);
}

static void takes_nicknames(void)
{
	CHECK(parsed("@yearly").months == 1U << 1);
	CHECK(parsed("@annually").days == 1U << 1);
	CHECK(parsed("@monthly").days == 1U << 1);
	CHECK(parsed("@weekly").weekdays == 1);
	CHECK(parsed("@daily").hours == 1);
	CHECK(parsed(" @midnight ").hours == 1);
	CHECK(cron_is_hourly(&(struct cron){ .hours = parsed("@hourly").hours }));
	refused("@reboot", "@reboot is not supported");
	refused("@often", "no nickname '@often'");
}

static void takes_intervals(void)
{
	CHECK(parsed("every 15m").every_s == 900);
	CHECK(parsed("@every 6h").every_s == 21600);
	CHECK(parsed("every  90s ").every_s == 90);
	CHECK(parsed("every 7d").every_s == 604800);
	refused("every", "every 15m");
	refused("every 15m please", "every 15m");
	refused("every 15 minutes", "every 15m");
	refused("every 30s", "from 1m to 366d");
	refused("every 60500ms", "in whole seconds");
	refused("every 400d", "from 1m to 366d");
	refused("every fortnight", "'fortnight' is no duration");
	refused("every 99999999999999999999d", "is no duration");
}

static void names_what_is_wrong(void)
{
	refused("60 * * * *", "minute '60': it is from 0 to 59");
	refused("* 24 * * *", "hour '24': it is from 0 to 23");
	refused("* * 0 * *", "day of the month '0': it is from 1 to 31");
	refused("* * * 13 *", "month '13': it is from 1 to 12");
	refused("* * * * 8", "day of the week '8': it is from 0 to 7");
	refused("* * * * mittwoch", "day of the week 'mittwoch': neither a number nor a "
				    "name");
	refused("x * * * *", "minute 'x': no number");
	refused("1,,2 * * * *", "minute '1,,2'");
	refused("1- * * * *", "minute '1-'");
	refused("-1 * * * *", "minute '-1'");
	refused("1x * * * *", "minute '1x'");
	refused("99999999999999999999 * * * *", "it is from 0 to 59");
	refused("*/0 * * * *", "minute '*/0': a step of 0");
	refused("*/90 * * * *", "a step longer than the field");
	refused("*/ * * * *", "a number is wanted behind '/'");
	refused("5/10 * * * *", "a step wants a range");
	refused("0 22-2 * * *", "hour '22-2': the range ends before it begins");
	refused("0 0 * dec-jan *", "ends before it begins");
}

static void what_others_have_is_named(void)
{
	refused("0 0 ? * MON", "day of the month '?': ?, L, W, #, ~ and H are not");
	refused("0 0 L * *", "day of the month 'L'");
	refused("0 0 15W * *", "day of the month '15W': ?, L, W");
	refused("0 0 * * 5L", "day of the week '5L': ?, L, W");
	refused("0 0 * * 1#2", "day of the week '1#2': ?, L, W");
	refused("H H * * *", "minute 'H': ?, L, W");
	refused("0~30 * * * *", "minute '0~30': ?, L, W");
	refused("0 0 * * * *", "6 fields, and not five");
	refused("0 0 * * * *", "none for seconds");
	refused("0 0 * *", "4 fields, and not five");
	refused("", "0 fields");
	refused("0 0 * * *\n", "day of the week");
}

static void impossible_days_are_refused(void)
{
	refused("0 0 30 2 *", "there is no such day, ever");
	refused("0 0 31 4,6,9,11 *", "there is no such day, ever");
	CHECK(parsed("0 0 31 4,5 *").days == 1U << 31);
	CHECK(parsed("0 0 29 2 *").days == 1U << 29);
	/* By the day of the week there are some. */
	CHECK(parsed("0 0 30 2 1").weekdays == 2);
	refused("0 0 30 2 */2", "there is no such day, ever");
	/* 29 February on a Sunday: every 28 years, and over 2100 after 40. */
	CHECK(parsed("0 0 29 2 */7").days == 1U << 29);
}

/* The day of 2026 on which it is due first, from the second day of the year on. */
static int first_day(const char *text)
{
	const struct cron cron = parsed(text);
	const int64_t year = 1767225600; /* 2026-01-01, a Thursday */
	int64_t found = 0;

	CHECK(cron_match(&found, &cron, year + 86400));
	CHECK((found - year) % 86400 == 0);
	return (int)((found - year) / 86400) + 1;
}

static void a_day_by_either_field_or_by_both(void)
{
	CHECK(first_day("0 0 13 * 5") == 2);	 /* a Friday */
	CHECK(first_day("0 0 13 * 2") == 6);	 /* Tuesday comes before the 13th */
	CHECK(first_day("0 0 3 * 2") == 3);	 /* and here behind the 3rd */
	CHECK(first_day("0 0 13 * *") == 13);	 /* one restricted: that one */
	CHECK(first_day("0 0 * * 2") == 6);	 /* the other */
	CHECK(first_day("0 0 */2 * 2") == 13);	 /* an asterisk: both, an odd Tuesday */
	CHECK(first_day("0 0 1-31/2 * 2") == 3); /* none: either */
	CHECK(first_day("0 0 13 * */2") == 13);	 /* 13 January is a Tuesday: 0, 2, 4, 6 */
	CHECK(first_day("0 0 14 * */2") == 14 + 31); /* the 14th is a Wednesday */
}

static void finds_the_next_minute_from_any_second(void)
{
	const struct cron cron = parsed("59 23 31 12 *");
	const int64_t end = 1798761540; /* 2026-12-31 23:59 */
	int64_t found = 0;

	CHECK(cron_match(&found, &cron, end - 1) && found == end);
	CHECK(cron_match(&found, &cron, end) && found == end);
	CHECK(cron_match(&found, &cron, end + 1) && found == end + 365 * 86400);
	CHECK(cron_match(&found, &cron, -1) && found == 365 * 86400 - 60);
	CHECK(cron_match(&found, &cron, -61) && found == -60);
}

static const struct check_case cases[] = {
	{ "takes_ranges_steps_and_lists", takes_ranges_steps_and_lists },
	{ "takes_names", takes_names },
	{ "seven_is_sunday", seven_is_sunday },
	{ "takes_nicknames", takes_nicknames },
	{ "takes_intervals", takes_intervals },
	{ "names_what_is_wrong", names_what_is_wrong },
	{ "what_others_have_is_named", what_others_have_is_named },
	{ "impossible_days_are_refused", impossible_days_are_refused },
	{ "a_day_by_either_field_or_by_both", a_day_by_either_field_or_by_both },
	{ "finds_the_next_minute_from_any_second",
	  finds_the_next_minute_from_any_second },
};

CHECK_MAIN(cases)
