#include "lib/process_stat.h"

#include "tests/lib/check.h"

static void fields_are_counted_behind_the_name(void)
{
	static const char stat[] = "12 (a) b ) S 4 5 6 7 8 9 10\n";

	CHECK(process_stat_field(stat, 4) == 4);
	CHECK(process_stat_field(stat, 9) == 9);
	CHECK(process_stat_field(stat, 10) == 10);
	CHECK(process_stat_field(stat, 11) == 0);
	CHECK(process_stat_field("", 9) == 0);
	CHECK(process_stat_field("12 no name", 9) == 0);
}

static const struct check_case cases[] = {
	{ "fields_are_counted_behind_the_name", fields_are_counted_behind_the_name },
};

CHECK_MAIN(cases)
