#include <stdlib.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/stats_list.h"
#include "lib/stats_report.h"
#include "lib/stats_schema.h"
#include "lib/str.h"
#include "tests/lib/check.h"

#define NOW_MS INT64_C(1790000000000)

static const char *const lists[] = { "runs",	  "jobs",	  "local_jobs",
				     "workflows", "repositories", "days" };
static const char *const reports[] = { "workflow", "repository", "branch", "actor",
				       "event",	   "job",	 "label",  "day",
				       "week",	   "total" };
static const char *const values[STATS_FIELDS] = {
	[STATS_REPOSITORY] = "acme/site",
	[STATS_WORKFLOW] = "ci.yml",
	[STATS_BRANCH] = "main",
	[STATS_EVENT] = "push",
	[STATS_ACTOR] = "octocat",
	[STATS_STATUS] = "success",
	[STATS_FROM] = "7d",
	[STATS_TO] = "1d",
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void open_empty(struct db *db)
{
	auto_layout struct layout layout = LAYOUT_EMPTY;
	struct error err = { 0 };

	CHECK(layout_read(&layout, &err) == 0);
	CHECK(stats_open(db, &layout, &err) == 0);
}

/* How many rows there are; the statement must run. */
static int count(struct stats_rows *rows)
{
	struct error err = { 0 };
	bool row = false;
	int found = 0;

	for (;;) {
		CHECK(stats_rows_next(&row, rows, &err) == 0);
		if (!row)
			return found;
		found++;
	}
}

static void ask_list(struct db *db, const char *name, enum stats_field field)
{
	auto_stats_rows struct stats_rows rows = STATS_ROWS_NONE;
	const struct stats_list *list = stats_list_find(name);
	struct stats_question question = { .limit = 10 };
	struct error err = { 0 };

	CHECK_STR(stats_list_name(list), name);
	if (field < STATS_FIELDS)
		CHECK(stats_filter_set(&question.filter, field, values[field], NOW_MS,
				       &err) == 0);
	if (field < STATS_FIELDS && !stats_list_takes(list, field)) {
		CHECK(stats_list_ask(&rows, db, list, &question, &err) < 0);
		CHECK(err.kind == ERROR_USAGE);
		return;
	}
	CHECK(stats_list_ask(&rows, db, list, &question, &err) == 0);
	CHECK(count(&rows) == 0);
}

static void every_list_takes_its_filters(void)
{
	auto_db struct db db = DB_NONE;

	open_empty(&db);
	for (size_t i = 0; i < COUNT(lists); i++) {
		for (int field = 0; field <= STATS_FIELDS; field++)
			ask_list(&db, lists[i], (enum stats_field)field);
	}
	CHECK(stats_list_find("sqlite_schema") == NULL);
}

static void every_report_takes_all_filters(void)
{
	auto_db struct db db = DB_NONE;
	struct stats_question question = { .limit = -1 };
	struct error err = { 0 };

	open_empty(&db);
	for (int field = 0; field < STATS_FIELDS; field++)
		CHECK(stats_filter_set(&question.filter, (enum stats_field)field,
				       values[field], NOW_MS, &err) == 0);
	for (size_t i = 0; i < COUNT(reports); i++) {
		auto_stats_rows struct stats_rows rows = STATS_ROWS_NONE;
		const struct stats_report *report = stats_report_find(reports[i]);

		question.after = str_equal(reports[i], "total") ? NULL : "key";
		CHECK(stats_report_ask(&rows, &db, report, &question, &err) == 0);
		CHECK(count(&rows) == (question.after ? 0 : 1));
	}
	CHECK(stats_report_find("1") == NULL);
}

static void a_cursor_of_another_list_is_refused(void)
{
	static const char *const bad[] = {
		"", "x", "1.2.3", "-1", "1.", ".1", "99999999999999999999"
	};
	auto_db struct db db = DB_NONE;
	struct stats_question question = { .limit = 10 };
	struct error err = { 0 };

	open_empty(&db);
	for (size_t i = 0; i < COUNT(bad); i++) {
		auto_stats_rows struct stats_rows runs = STATS_ROWS_NONE;
		auto_stats_rows struct stats_rows jobs = STATS_ROWS_NONE;

		question.after = bad[i];
		CHECK(stats_list_ask(&runs, &db, stats_list_find("runs"), &question,
				     &err) < 0);
		CHECK(stats_list_ask(&jobs, &db, stats_list_find("jobs"), &question,
				     &err) < 0);
		CHECK(err.kind == ERROR_USAGE);
	}
}

static void nothing_is_summarized_as_nothing(void)
{
	auto_db struct db db = DB_NONE;
	auto_stats_summary struct stats_summary summary = STATS_SUMMARY_NONE;
	struct error err = { 0 };

	open_empty(&db);
	CHECK(stats_summary_open(&summary, &db, &err) == 0);
	CHECK(db_begin(&db, &err) == 0);
	CHECK(db_execute(&db, "INSERT INTO touched VALUES (1, 2)", &err) == 0);
	CHECK(stats_summarize(&summary, &err) == 0);
	CHECK(db_commit(&db, &err) == 0);
}

static const struct check_case cases[] = {
	{ "every_list_takes_its_filters", every_list_takes_its_filters },
	{ "every_report_takes_all_filters", every_report_takes_all_filters },
	{ "a_cursor_of_another_list_is_refused", a_cursor_of_another_list_is_refused },
	{ "nothing_is_summarized_as_nothing", nothing_is_summarized_as_nothing },
};

CHECK_MAIN(cases)
