#include <stdbool.h>

#include "lib/buf.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/stats_filter.h"
#include "tests/lib/check.h"

#define NOW_MS INT64_C(1790000000000) /* 2026-09-21T14:13:20Z */
#define DAY_MS INT64_C(86400000)

static bool takes(enum stats_field field, const char *text)
{
	struct stats_filter filter = { 0 };
	struct error err = { 0 };

	if (stats_filter_set(&filter, field, text, NOW_MS, &err) == 0) {
		CHECK(filter.text[field] == text);
		return true;
	}
	CHECK(err.kind == ERROR_USAGE);
	CHECK(strstr(err.message, stats_field_name(field)) == err.message);
	CHECK(filter.text[field] == NULL);
	return false;
}

static int64_t time_of(enum stats_field field, const char *text)
{
	struct stats_filter filter = { 0 };
	struct error err = { 0 };

	CHECK(stats_filter_set(&filter, field, text, NOW_MS, &err) == 0);
	return field == STATS_FROM ? filter.from_ms : filter.to_ms;
}

static void knows_its_fields(void)
{
	enum stats_field field = STATS_FIELDS;

	for (int i = 0; i < STATS_FIELDS; i++) {
		CHECK(stats_field_find(&field, stats_field_name((enum stats_field)i)));
		CHECK((int)field == i);
	}
	CHECK(!stats_field_find(&field, "limit"));
	CHECK(!stats_field_find(&field, ""));
}

static void takes_what_can_be(void)
{
	CHECK(takes(STATS_REPOSITORY, "acme/site.x_y-z"));
	CHECK(takes(STATS_WORKFLOW, "Build & Test \"ü\" \\"));
	CHECK(takes(STATS_WORKFLOW, ".github/workflows/ci.yml"));
	CHECK(takes(STATS_BRANCH, "feature/x' OR 1=1 --"));
	CHECK(takes(STATS_EVENT, "pull_request_target"));
	CHECK(takes(STATS_ACTOR, "dependabot[bot]"));
	CHECK(takes(STATS_STATUS, "timed_out"));
}

static void refuses_what_cannot(void)
{
	char longer[257] = "";

	memset(longer, 'x', sizeof(longer) - 1);
	for (int i = 0; i < STATS_FIELDS; i++) {
		CHECK(!takes((enum stats_field)i, ""));
		CHECK(!takes((enum stats_field)i, longer));
		CHECK(!takes((enum stats_field)i, "a\nb"));
		CHECK(!takes((enum stats_field)i, "\xff"));
	}
	longer[255] = '\0';
	CHECK(takes(STATS_BRANCH, longer));
	CHECK(!takes(STATS_REPOSITORY, "site"));
	CHECK(!takes(STATS_REPOSITORY, "a/b/c"));
	CHECK(!takes(STATS_EVENT, "a b"));
	CHECK(!takes(STATS_ACTOR, "a'b"));
	CHECK(!takes(STATS_STATUS, "SUCCESS"));
}

static void reads_times(void)
{
	int64_t day = NOW_MS - NOW_MS % DAY_MS;

	CHECK(time_of(STATS_FROM, "2026-09-21") == day);
	CHECK(time_of(STATS_TO, "2026-09-21") == day + DAY_MS);
	CHECK(time_of(STATS_FROM, "2026-09-21T14:13:20Z") == NOW_MS);
	CHECK(time_of(STATS_TO, "2026-09-21T16:13:20.5+02:00") == NOW_MS + 500);
	CHECK(time_of(STATS_FROM, "7d") == NOW_MS - 7 * DAY_MS);
	CHECK(time_of(STATS_TO, "90m") == NOW_MS - 90 * 60000);
	CHECK(!takes(STATS_FROM, "2026"));
	CHECK(!takes(STATS_FROM, "2026-02-30"));
	CHECK(!takes(STATS_FROM, "2026-9-21"));
	CHECK(!takes(STATS_FROM, "99999d"));
	CHECK(!takes(STATS_FROM, "-1d"));
}

static void sees_a_number_of_a_workflow(void)
{
	struct stats_filter filter = { 0 };
	struct error err = { 0 };

	CHECK(stats_filter_set(&filter, STATS_WORKFLOW, "159038", NOW_MS, &err) == 0);
	CHECK(filter.workflow_id == 159038);
	filter = (struct stats_filter){ 0 };
	CHECK(stats_filter_set(&filter, STATS_WORKFLOW, "15x", NOW_MS, &err) == 0);
	CHECK(filter.workflow_id == 0);
}

static void checks_the_order_of_times(void)
{
	struct stats_filter filter = { 0 };
	struct error err = { 0 };

	CHECK(stats_filter_check(&filter, &err) == 0);
	CHECK(stats_filter_set(&filter, STATS_FROM, "1d", NOW_MS, &err) == 0);
	CHECK(stats_filter_check(&filter, &err) == 0);
	CHECK(stats_filter_set(&filter, STATS_TO, "2d", NOW_MS, &err) == 0);
	CHECK(stats_filter_check(&filter, &err) < 0);
	CHECK(err.kind == ERROR_USAGE);
}

static void hides_keys_in_cursors(void)
{
	auto_buf struct buf cursor = BUF_EMPTY;
	auto_buf struct buf key = BUF_EMPTY;
	struct error err = { 0 };

	stats_cursor_write(&cursor, "main' \xc3\xbc.7");
	CHECK(stats_cursor_read(&key, buf_str(&cursor), &err) == 0);
	CHECK_STR(buf_str(&key), "main' \xc3\xbc.7");
	buf_clear(&key);
	CHECK(stats_cursor_read(&key, "", &err) < 0);
	CHECK(stats_cursor_read(&key, "a b", &err) < 0);
	CHECK(stats_cursor_read(&key, "YQBi", &err) < 0); /* a NUL in it */
	CHECK(err.kind == ERROR_USAGE);
}

static const struct check_case cases[] = {
	{ "knows_its_fields", knows_its_fields },
	{ "takes_what_can_be", takes_what_can_be },
	{ "refuses_what_cannot", refuses_what_cannot },
	{ "reads_times", reads_times },
	{ "sees_a_number_of_a_workflow", sees_a_number_of_a_workflow },
	{ "checks_the_order_of_times", checks_the_order_of_times },
	{ "hides_keys_in_cursors", hides_keys_in_cursors },
};

CHECK_MAIN(cases)
