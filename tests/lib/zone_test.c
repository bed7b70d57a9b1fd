#include "lib/zone.h"

#include "lib/error.h"
#include "tests/lib/check.h"

static void check_clock(int64_t unix_s, const char *want)
{
	char text[ZONE_TEXT];

	zone_format(text, unix_s);
	CHECK_STR(text, want);
}

static void shows_the_clock_of_a_zone(void)
{
	auto_zone struct zone zone = ZONE_EMPTY;
	struct error err = { 0 };

	zone_open(&zone);
	CHECK(zone_use(&zone, "Europe/Berlin", &err) == 0);
	check_clock(1774746000, "2026-03-29 03:00 CEST");
	check_clock(1774745940, "2026-03-29 01:59 CET");
	check_clock(1774745947, "2026-03-29 01:59:07 CET");
	CHECK(zone_use(&zone, "America/Argentina/Buenos_Aires", &err) == 0);
	check_clock(1774746000, "2026-03-28 22:00 -03");
	CHECK(zone_use(&zone, "UTC", &err) == 0);
	check_clock(0, "1970-01-01 00:00 UTC");
}

static void the_systems_zone_comes_back(void)
{
	struct zone zone = ZONE_EMPTY;
	struct error err = { 0 };

	CHECK(setenv("TZ", "America/New_York", 1) == 0);
	zone_open(&zone);
	check_clock(0, "1969-12-31 19:00 EST");
	CHECK(zone_use(&zone, "Asia/Tokyo", &err) == 0);
	check_clock(0, "1970-01-01 09:00 JST");
	CHECK(zone_use(&zone, NULL, &err) == 0);
	check_clock(0, "1969-12-31 19:00 EST");
	CHECK(zone_use(&zone, "Asia/Tokyo", &err) == 0);
	zone_free(&zone);
	check_clock(0, "1969-12-31 19:00 EST");
	CHECK(unsetenv("TZ") == 0);
	zone_open(&zone);
	CHECK(zone_use(&zone, "Asia/Tokyo", &err) == 0);
	zone_free(&zone);
	CHECK(getenv("TZ") == NULL);
}

static void an_unknown_zone_is_an_error(void)
{
	static const char *const names[] = {
		"Europe/Berlim",
		"europe/berlin",
		"CET-1CEST",
		"Europe",
		"",
		"/etc/localtime",
		"../x",
		"Europe/../UTC",
		"zone.tab",
		"right/Europe/Paris",
		":UTC",
		"Europe//Berlin",
		"Europe/",
		"a b",
		"tzdata.zi",
	};
	auto_zone struct zone zone = ZONE_EMPTY;
	size_t i;

	zone_open(&zone);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct error err = { 0 };

		CHECK(zone_use(&zone, "Asia/Tokyo", &err) == 0);
		CHECK(zone_use(&zone, names[i], &err) < 0);
		CHECK(err.kind == ERROR_DATA);
		CHECK(strstr(err.message, names[i]) &&
		      strstr(err.message, "Europe/Berlin"));
		check_clock(0, "1970-01-01 09:00 JST");
	}
}

static void where_the_zones_are_may_be_said(void)
{
	auto_zone struct zone zone = ZONE_EMPTY;
	struct error err = { 0 };

	CHECK(setenv("TZDIR", "/nowhere", 1) == 0);
	zone_open(&zone);
	CHECK(zone_use(&zone, "Asia/Tokyo", &err) < 0);
	CHECK(strstr(err.message, "/nowhere"));
	CHECK(zone_use(&zone, "UTC", &err) == 0);
	check_clock(0, "1970-01-01 00:00 UTC");
}

static const struct check_case cases[] = {
	{ "shows_the_clock_of_a_zone", shows_the_clock_of_a_zone },
	{ "the_systems_zone_comes_back", the_systems_zone_comes_back },
	{ "an_unknown_zone_is_an_error", an_unknown_zone_is_an_error },
	{ "where_the_zones_are_may_be_said", where_the_zones_are_may_be_said },
};

CHECK_MAIN(cases)
