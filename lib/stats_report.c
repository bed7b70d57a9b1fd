#include "lib/stats_report.h"

#include <string.h>

#include "lib/buf.h"
#include "lib/error.h"
#include "lib/stats_where.h"
#include "lib/str.h"

#define LABELS_MAX 3

struct stats_report {
	const char *name;
	const char *from;
	const char *key; /* text; rows come in its order */
	struct stats_column labels[LABELS_MAX];
};

#define RUNS "run_facts"
#define ID_KEY(column) "printf('%016d', " column ")"
#define DAY_OF "date(at_ms / 1000, 'unixepoch')"
#define WEEK_OF "date(at_ms / 1000, 'unixepoch', 'weekday 0', '-6 days')"
#define REPOSITORY                                                                       \
	{                                                                                \
		"repository", STATS_TEXT, "min(repository)"                              \
	}

/* clang-format off */
static const struct stats_report reports[] = {
	{ "workflow", RUNS, ID_KEY("workflow_id"),
	  { REPOSITORY, { "workflow_id", STATS_NUMBER, "min(workflow_id)" },
	    { "workflow", STATS_TEXT, "min(workflow)" } } },
	{ "repository", RUNS, ID_KEY("repository_id"), { REPOSITORY } },
	{ "branch", RUNS, "coalesce(branch, '')",
	  { { "branch", STATS_TEXT, "nullif(key, '')" } } },
	{ "actor", RUNS, "coalesce(actor, '')",
	  { { "actor", STATS_TEXT, "nullif(key, '')" } } },
	{ "event", RUNS, "coalesce(event, '')",
	  { { "event", STATS_TEXT, "nullif(key, '')" } } },
	{ "job", "job_facts", "coalesce(job, '')",
	  { { "job", STATS_TEXT, "nullif(key, '')" } } },
	{ "label", "job_facts", "coalesce(labels, '')",
	  { { "label", STATS_TEXT, "nullif(key, '')" } } },
	{ "day", RUNS, DAY_OF, { { "day", STATS_TEXT, "key" } } },
	{ "week", RUNS, WEEK_OF, { { "week", STATS_TEXT, "key" } } },
	{ "total", RUNS, "''", { { NULL, STATS_TEXT, NULL } } },
};

/* For the table statistics: only the days that were touched. */
static const struct stats_report touched_days = {
	"statistics",
	"touched CROSS JOIN run_facts ON workflow_id = touched_workflow"
	" AND started_ms >= touched_day * 86400000"
	" AND started_ms < (touched_day + 1) * 86400000",
	"workflow_id || '.' || day",
	{ { "workflow_id", STATS_NUMBER, "min(workflow_id)" },
	  { "day", STATS_NUMBER, "min(day)" } },
};

static const struct stats_column figures[] = {
	{ "runs", STATS_NUMBER, "runs" },
	{ "completed", STATS_NUMBER, "completed" },
	{ "succeeded", STATS_NUMBER, "succeeded" },
	{ "failed", STATS_NUMBER, "rated - succeeded" },
	{ "success_rate", STATS_RATE, "CAST(succeeded AS REAL) / nullif(rated, 0)" },
	{ "timed", STATS_NUMBER, "coalesce(timed, 0)" },
	{ "p50_ms", STATS_DURATION, "p50_ms" },
	{ "p90_ms", STATS_DURATION, "p90_ms" },
	{ "p95_ms", STATS_DURATION, "p95_ms" },
	{ "p99_ms", STATS_DURATION, "p99_ms" },
	{ "mean_ms", STATS_DURATION, "mean_ms" },
	{ "max_ms", STATS_DURATION, "max_ms" },
	{ "queue_p50_ms", STATS_DURATION, "queue_p50_ms" },
	{ "queue_p95_ms", STATS_DURATION, "queue_p95_ms" },
	{ "anomalies", STATS_NUMBER, "anomalies" },
};
/* clang-format on */

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
_Static_assert(LABELS_MAX + COUNT(figures) <= STATS_COLUMNS, "raise STATS_COLUMNS");

/* clang-format off */
/* The nearest-rank method: of n in order, the one at place ceil(percent / 100 * n).  Times
 * come in whole seconds: equal ones are put together before anything is ordered. */
#define RANKED(column, condition) \
	"SELECT key, ms, alike, sum(alike) OVER (PARTITION BY key ORDER BY ms) AS place," \
	" sum(alike) OVER (PARTITION BY key) AS n" \
	" FROM (SELECT key, " column " AS ms, count(*) AS alike FROM facts" \
	" WHERE " condition " AND " column " IS NOT NULL GROUP BY key, " column ")"
#define PERCENTILE(percent, name) \
	"min(CASE WHEN place >= (n * " percent " + 99) / 100 THEN ms END) AS " name

static const char tail[] =
	" run_order AS (" RANKED("run_ms", "rated") "),"
	" run_times AS (SELECT key, max(n) AS timed,"
	" " PERCENTILE("50", "p50_ms") ", " PERCENTILE("90", "p90_ms") ","
	" " PERCENTILE("95", "p95_ms") ", " PERCENTILE("99", "p99_ms") ","
	" CAST(round(total(ms * alike) / max(n)) AS INTEGER) AS mean_ms, max(ms) AS max_ms"
	" FROM run_order GROUP BY key),"
	" queue_order AS (" RANKED("queue_ms", "1") "),"
	" queue_times AS (SELECT key, " PERCENTILE("50", "queue_p50_ms") ","
	" " PERCENTILE("95", "queue_p95_ms") " FROM queue_order GROUP BY key)";
/* clang-format on */

static const char joined[] = " FROM groups LEFT JOIN run_times USING (key)"
			     " LEFT JOIN queue_times USING (key) ORDER BY key";

const struct stats_report *stats_report_find(const char *name)
{
	for (size_t i = 0; i < COUNT(reports); i++) {
		if (str_equal(reports[i].name, name))
			return &reports[i];
	}
	return NULL;
}

static bool is_total(const struct stats_report *report)
{
	return !report->labels[0].name;
}

static size_t count_labels(const struct stats_report *report)
{
	size_t count = 0;

	while (count < LABELS_MAX && report->labels[count].name)
		count++;
	return count;
}

static void add_facts(struct buf *sql, const struct stats_report *report)
{
	buf_add_format(
		sql,
		"WITH facts AS MATERIALIZED (SELECT %s AS key, repository,"
		" workflow_id, workflow, %s AS day, status, conclusion, rated, run_ms,"
		" queue_ms, anomalies FROM %s WHERE 1",
		report->key, report == &touched_days ? "day" : "NULL", report->from);
}

static void add_groups(struct buf *sql, const struct stats_report *report, bool after)
{
	buf_add_str(sql, "), groups AS (SELECT key, ");
	for (size_t i = 0; i < count_labels(report); i++)
		buf_add_format(sql, "%s AS %s, ", report->labels[i].sql,
			       report->labels[i].name);
	buf_add_str(sql, "count(*) AS runs,"
			 " coalesce(sum(status = 'completed'), 0) AS completed,"
			 " coalesce(sum(conclusion = 'success'), 0) AS succeeded,"
			 " coalesce(sum(rated), 0) AS rated,"
			 " coalesce(sum(anomalies), 0) AS anomalies FROM facts");
	if (after)
		buf_add_str(sql, " WHERE key > ?9");
	/* Without groups there is one row also of nothing. */
	if (!is_total(report))
		buf_add_str(sql, " GROUP BY key ORDER BY key");
	buf_add_format(sql, " LIMIT ?11),%s SELECT ", tail);
}

static void add_figures(struct buf *sql, bool with_rate)
{
	for (size_t i = 0; i < COUNT(figures); i++) {
		if (figures[i].kind != STATS_RATE || with_rate)
			buf_add_format(sql, "%s, ", figures[i].sql);
	}
}

static void add_columns(struct stats_rows *rows, const struct stats_report *report)
{
	rows->count = count_labels(report);
	memcpy(rows->columns, report->labels, rows->count * sizeof(rows->columns[0]));
	memcpy(rows->columns + rows->count, figures, sizeof(figures));
	rows->count += COUNT(figures);
}

int stats_report_ask(struct stats_rows *rows, struct db *db,
		     const struct stats_report *report,
		     const struct stats_question *question, struct error *err)
{
	auto_buf struct buf sql = BUF_EMPTY;

	add_facts(&sql, report);
	if (stats_where_add(&sql, stats_where_facts, &question->filter, err) < 0)
		return -1;
	add_groups(&sql, report, question->after != NULL);
	for (size_t i = 0; i < count_labels(report); i++)
		buf_add_format(&sql, "%s, ", report->labels[i].name);
	add_figures(&sql, true);
	buf_add_format(&sql, "key%s", joined);
	if (db_prepare(&rows->statement, db, buf_str(&sql), err) < 0)
		return -1;
	add_columns(rows, report);
	stats_where_bind(rows, question);
	if (question->after)
		db_bind_text(&rows->statement, STATS_AFTER, question->after);
	return 0;
}

static int prepare_compute(struct db_statement *statement, struct db *db,
			   struct error *err)
{
	auto_buf struct buf sql = BUF_EMPTY;

	buf_add_str(&sql, "INSERT INTO statistics ");
	add_facts(&sql, &touched_days);
	add_groups(&sql, &touched_days, false);
	buf_add_str(&sql, "workflow_id, day, ");
	add_figures(&sql, false);
	buf_cut(&sql, sql.len - strlen(", "));
	buf_add_str(&sql, joined);
	if (db_prepare(statement, db, buf_str(&sql), err) < 0)
		return -1;
	db_bind_int(statement, STATS_LIMIT, -1);
	return 0;
}

int stats_summary_open(struct stats_summary *summary, struct db *db, struct error *err)
{
	if (db_execute(db,
		       "PRAGMA temp_store = memory;"
		       "CREATE TEMP TABLE touched (touched_workflow INTEGER,"
		       " touched_day INTEGER, PRIMARY KEY (touched_workflow,"
		       " touched_day)) WITHOUT ROWID",
		       err) < 0 ||
	    db_prepare(&summary->forget, db,
		       "DELETE FROM statistics WHERE (workflow_id, day) IN"
		       " (SELECT touched_workflow, touched_day FROM touched)",
		       err) < 0 ||
	    db_prepare(&summary->clear, db, "DELETE FROM touched", err) < 0)
		return -1;
	return prepare_compute(&summary->compute, db, err);
}

int stats_summarize(struct stats_summary *summary, struct error *err)
{
	if (db_run(&summary->forget, err) < 0 || db_run(&summary->compute, err) < 0)
		return -1;
	return db_run(&summary->clear, err);
}

void stats_summary_close(struct stats_summary *summary)
{
	db_finish(&summary->forget);
	db_finish(&summary->compute);
	db_finish(&summary->clear);
}
