#include "bin/ghstats-serve/pages.h"

#include "bin/ghstats-serve/parameters.h"
#include "lib/error.h"
#include "lib/json_write.h"
#include "lib/stats_list.h"
#include "lib/stats_report.h"
#include "lib/str.h"

enum { DAYS = 30 };

#define NUMBER_MAX ((uint64_t)1 << 53)

/* The rows as an array; with next, up to limit of them, and the cursor if there are more. */
static int write_rows(struct json_writer *writer, const char *key,
		      struct stats_rows *rows, struct parameters *given,
		      struct error *err)
{
	auto_buf struct buf last = BUF_EMPTY;
	int64_t left = given->question.limit;
	bool row = false;

	json_write_array(writer, key);
	for (;;) {
		if (stats_rows_next(&row, rows, err) < 0)
			return -1;
		if (!row || left-- == 0)
			break;
		json_write_object(writer, NULL);
		stats_rows_members(writer, rows);
		json_write_object_end(writer);
		buf_clear(&last);
		stats_cursor_write(&last, stats_rows_key(rows));
	}
	json_write_array_end(writer);
	if (row)
		buf_add(&given->next, last.data, last.len);
	return 0;
}

/* The first row as an object. */
static int write_row(struct json_writer *writer, const char *key, struct stats_rows *rows,
		     bool *found, struct error *err)
{
	if (stats_rows_next(found, rows, err) < 0)
		return -1;
	if (!*found)
		return 0;
	json_write_object(writer, key);
	stats_rows_members(writer, rows);
	json_write_object_end(writer);
	return 0;
}

static void write_end(struct json_writer *writer, const struct parameters *given)
{
	json_write_string(writer, "next", given->next.len ? buf_str(&given->next) : NULL);
	json_write_object_end(writer);
	buf_add_char(writer->out, '\n');
}

/* One row more than the page has tells whether there is another page. */
static struct stats_question one_more(const struct parameters *given)
{
	struct stats_question question = given->question;

	question.limit++;
	return question;
}

int page_list(struct buf *out, struct parameters *given, const struct page *page,
	      struct db *db, struct error *err)
{
	auto_stats_rows struct stats_rows rows = STATS_ROWS_NONE;
	struct json_writer writer = JSON_WRITER(out);
	const struct stats_question question = one_more(given);

	given->field = "after";
	if (stats_list_ask(&rows, db, stats_list_find(page->list), &question, err) < 0)
		return -1;
	json_write_object(&writer, NULL);
	if (write_rows(&writer, page->list, &rows, given, err) < 0)
		return -1;
	write_end(&writer, given);
	return 0;
}

static int write_total(struct json_writer *writer, const char *key,
		       const struct stats_filter *filter, struct db *db,
		       struct error *err)
{
	auto_stats_rows struct stats_rows rows = STATS_ROWS_NONE;
	const struct stats_question question = { .filter = *filter, .limit = 1 };
	bool found = false;

	if (stats_report_ask(&rows, db, stats_report_find("total"), &question, err) < 0)
		return -1;
	return write_row(writer, key, &rows, &found, err);
}

int page_report(struct buf *out, struct parameters *given, const struct page *page,
		struct db *db, struct error *err)
{
	auto_stats_rows struct stats_rows rows = STATS_ROWS_NONE;
	struct json_writer writer = JSON_WRITER(out);
	const char *by = given->by ? given->by : "workflow";
	const struct stats_question question = one_more(given);

	(void)page;
	json_write_object(&writer, NULL);
	json_write_string(&writer, "by", by);
	if (write_total(&writer, "total", &question.filter, db, err) < 0 ||
	    stats_report_ask(&rows, db, stats_report_find(by), &question, err) < 0 ||
	    write_rows(&writer, "stats", &rows, given, err) < 0)
		return -1;
	write_end(&writer, given);
	return 0;
}

static int write_workflow(struct json_writer *writer, bool *found,
			  const struct stats_filter *filter, struct db *db,
			  struct error *err)
{
	auto_stats_rows struct stats_rows rows = STATS_ROWS_NONE;
	struct stats_question question = { .limit = 1 };

	question.filter.text[STATS_WORKFLOW] = filter->text[STATS_WORKFLOW];
	question.filter.workflow_id = filter->workflow_id;
	if (stats_list_ask(&rows, db, stats_list_find("workflows"), &question, err) < 0)
		return -1;
	return write_row(writer, "workflow", &rows, found, err);
}

/* The table of statistics knows days, and no branches or actors. */
static int write_days(struct json_writer *writer, struct parameters *given, struct db *db,
		      struct error *err)
{
	auto_stats_rows struct stats_rows rows = STATS_ROWS_NONE;
	struct stats_question question = given->question;

	question.limit = DAYS;
	for (int i = STATS_BRANCH; i <= STATS_STATUS; i++)
		question.filter.text[i] = NULL;
	if (stats_list_ask(&rows, db, stats_list_find("days"), &question, err) < 0)
		return -1;
	return write_rows(writer, "days", &rows, given, err);
}

int page_workflow(struct buf *out, struct parameters *given, const struct page *page,
		  struct db *db, struct error *err)
{
	struct json_writer writer = JSON_WRITER(out);
	struct stats_filter *filter = &given->question.filter;
	uint64_t id = 0;
	bool found = false;

	(void)page;
	given->field = "id";
	if (str_to_u64(&id, given->rest, 1, NUMBER_MAX, err) < 0)
		return error_set(err, ERROR_USAGE, "a workflow has a number");
	filter->text[STATS_WORKFLOW] = given->rest;
	filter->workflow_id = (int64_t)id;
	json_write_object(&writer, NULL);
	if (write_workflow(&writer, &found, filter, db, err) < 0)
		return -1;
	if (!found)
		return error_set(err, ERROR_ABSENT, "there is no such workflow");
	if (write_total(&writer, "stats", filter, db, err) < 0 ||
	    write_days(&writer, given, db, err) < 0)
		return -1;
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
	return 0;
}

int page_health(struct buf *out, struct parameters *given, const struct page *page,
		struct db *db, struct error *err)
{
	int64_t version = 0;

	(void)given;
	(void)page;
	if (db_data_version(&version, db, err) < 0)
		return -1;
	buf_add_str(out, "{\"ok\":true}\n");
	return 0;
}
