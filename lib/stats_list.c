#include "lib/stats_list.h"

#include <string.h>

#include "lib/buf.h"
#include "lib/error.h"
#include "lib/stats_where.h"
#include "lib/str.h"

/* How a list is ordered, and so what its key is. */
enum order { BY_RUN, BY_NUMBER_DOWN, BY_NUMBER, BY_TEXT_DOWN };

struct stats_list {
	const char *name;
	const char *from;
	const struct stats_column *columns;
	size_t count;
	enum order order;
	const char *key; /* the column of the order */
	const char *const *filters;
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define FITS(table) _Static_assert(COUNT(table) <= STATS_COLUMNS, "raise STATS_COLUMNS")

static const struct stats_column run_columns[] = {
	{ "id", STATS_NUMBER, "id" },
	{ "attempt", STATS_NUMBER, "attempt" },
	{ "number", STATS_NUMBER, "number" },
	{ "repository", STATS_TEXT, "repository" },
	{ "workflow_id", STATS_NUMBER, "workflow_id" },
	{ "workflow", STATS_TEXT, "workflow" },
	{ "title", STATS_TEXT, "title" },
	{ "branch", STATS_TEXT, "branch" },
	{ "sha", STATS_TEXT, "sha" },
	{ "event", STATS_TEXT, "event" },
	{ "actor", STATS_TEXT, "actor" },
	{ "status", STATS_TEXT, "status" },
	{ "conclusion", STATS_TEXT, "conclusion" },
	{ "created_at", STATS_TIME, "created_ms" },
	{ "started_at", STATS_TIME, "started_ms" },
	{ "completed_at", STATS_TIME, "completed_ms" },
	{ "run_ms", STATS_DURATION, "run_ms" },
	{ "queue_ms", STATS_DURATION, "queue_ms" },
	{ "anomalies", STATS_NUMBER, "anomalies" },
};

static const struct stats_column job_columns[] = {
	{ "id", STATS_NUMBER, "id" },
	{ "run_id", STATS_NUMBER, "run_id" },
	{ "attempt", STATS_NUMBER, "attempt" },
	{ "repository", STATS_TEXT, "repository" },
	{ "workflow_id", STATS_NUMBER, "workflow_id" },
	{ "workflow", STATS_TEXT, "workflow" },
	{ "job", STATS_TEXT, "job" },
	{ "branch", STATS_TEXT, "branch" },
	{ "event", STATS_TEXT, "event" },
	{ "actor", STATS_TEXT, "actor" },
	{ "runner", STATS_TEXT, "runner" },
	{ "runner_group", STATS_TEXT, "runner_group" },
	{ "labels", STATS_TEXT, "labels" },
	{ "status", STATS_TEXT, "status" },
	{ "conclusion", STATS_TEXT, "conclusion" },
	{ "created_at", STATS_TIME, "created_ms" },
	{ "started_at", STATS_TIME, "started_ms" },
	{ "completed_at", STATS_TIME, "completed_ms" },
	{ "run_ms", STATS_DURATION, "run_ms" },
	{ "queue_ms", STATS_DURATION, "queue_ms" },
	{ "anomalies", STATS_NUMBER, "anomalies" },
};

static const struct stats_column local_columns[] = {
	{ "id", STATS_TEXT, "id" },
	{ "name", STATS_TEXT, "name" },
	{ "repository", STATS_TEXT, "repository" },
	{ "state", STATS_TEXT, "state" },
	{ "exit_code", STATS_NUMBER, "exit_code" },
	{ "signal", STATS_NUMBER, "signal" },
	{ "reason", STATS_TEXT, "reason" },
	{ "node", STATS_TEXT, "node" },
	{ "owner", STATS_TEXT, "owner" },
	{ "event_id", STATS_TEXT, "event_id" },
	{ "created_at", STATS_TIME, "created_ms" },
	{ "started_at", STATS_TIME, "started_ms" },
	{ "finished_at", STATS_TIME, "finished_ms" },
	{ "run_ms", STATS_DURATION, "run_ms" },
	{ "queue_ms", STATS_DURATION, "queue_ms" },
};

#define LATEST(column)                                                                   \
	"(SELECT r." column " FROM workflow_runs r WHERE r.workflow_id = w.id"           \
	" AND r.status IS NOT NULL ORDER BY r.started_ms DESC, r.id DESC LIMIT 1)"

static const struct stats_column workflow_columns[] = {
	{ "id", STATS_NUMBER, "w.id" },
	{ "repository_id", STATS_NUMBER, "w.repository_id" },
	{ "repository", STATS_TEXT, "p.name" },
	{ "name", STATS_TEXT, "w.name" },
	{ "path", STATS_TEXT, "w.path" },
	{ "runs", STATS_NUMBER,
	  "(SELECT count(*) FROM workflow_runs r WHERE r.workflow_id = w.id"
	  " AND r.status IS NOT NULL)" },
	{ "latest_run", STATS_NUMBER, LATEST("id") },
	{ "status", STATS_TEXT, LATEST("status") },
	{ "conclusion", STATS_TEXT, LATEST("conclusion") },
	{ "started_at", STATS_TIME, LATEST("started_ms") },
};

static const struct stats_column repository_columns[] = {
	{ "id", STATS_NUMBER, "p.id" },
	{ "name", STATS_TEXT, "p.name" },
	{ "workflows", STATS_NUMBER,
	  "(SELECT count(*) FROM workflows w WHERE w.repository_id = p.id)" },
	{ "runs", STATS_NUMBER,
	  "(SELECT count(*) FROM workflow_runs r WHERE r.repository_id = p.id"
	  " AND r.status IS NOT NULL)" },
	{ "started_at", STATS_TIME,
	  "(SELECT max(r.started_ms) FROM workflow_runs r WHERE r.repository_id = "
	  "p.id)" },
};

static const struct stats_column day_columns[] = {
	{ "day", STATS_TEXT, "date(day * 86400, 'unixepoch')" },
	{ "runs", STATS_NUMBER, "runs" },
	{ "completed", STATS_NUMBER, "completed" },
	{ "succeeded", STATS_NUMBER, "succeeded" },
	{ "failed", STATS_NUMBER, "failed" },
	{ "success_rate", STATS_RATE,
	  "CAST(succeeded AS REAL) / nullif(succeeded + failed, 0)" },
	{ "timed", STATS_NUMBER, "timed" },
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

FITS(run_columns);
FITS(job_columns);
FITS(local_columns);
FITS(workflow_columns);
FITS(repository_columns);
FITS(day_columns);

static const struct stats_list lists[] = {
	{ "runs", "run_facts", run_columns, COUNT(run_columns), BY_RUN, "id",
	  stats_where_facts },
	{ "jobs", "job_facts", job_columns, COUNT(job_columns), BY_NUMBER_DOWN, "id",
	  stats_where_facts },
	{ "local_jobs", "local_facts", local_columns, COUNT(local_columns), BY_TEXT_DOWN,
	  "id", stats_where_local },
	{ "workflows", "workflows w JOIN repositories p ON p.id = w.repository_id",
	  workflow_columns, COUNT(workflow_columns), BY_NUMBER, "w.id",
	  stats_where_workflows },
	{ "repositories", "repositories p", repository_columns, COUNT(repository_columns),
	  BY_NUMBER, "p.id", stats_where_none },
	{ "days", "statistics", day_columns, COUNT(day_columns), BY_NUMBER_DOWN, "day",
	  stats_where_days },
};

const struct stats_list *stats_list_find(const char *name)
{
	for (size_t i = 0; i < COUNT(lists); i++) {
		if (str_equal(lists[i].name, name))
			return &lists[i];
	}
	return NULL;
}

const char *stats_list_name(const struct stats_list *list)
{
	return list->name;
}

bool stats_list_takes(const struct stats_list *list, enum stats_field field)
{
	return list->filters[field] != NULL;
}

static const struct {
	const char *after;
	const char *order;
	const char *key;
	bool numbers;
} orders[] = {
	[BY_RUN] = { " AND (id, attempt) < (?9, ?10)", " ORDER BY id DESC, attempt DESC",
		     "id || '.' || attempt", true },
	[BY_NUMBER_DOWN] = { " < ?9", " DESC", NULL, true },
	[BY_NUMBER] = { " > ?9", "", NULL, true },
	[BY_TEXT_DOWN] = { " < ?9", " DESC", NULL, false },
};

static void add_columns(struct buf *sql, const struct stats_list *list)
{
	buf_add_str(sql, "SELECT ");
	for (size_t i = 0; i < list->count; i++)
		buf_add_format(sql, "%s, ", list->columns[i].sql);
	buf_add_format(sql, "%s FROM %s WHERE 1",
		       orders[list->order].key ? orders[list->order].key : list->key,
		       list->from);
}

static void add_order(struct buf *sql, const struct stats_list *list, bool after)
{
	const char *key = list->key;

	if (list->order == BY_RUN) {
		buf_add_format(sql, "%s%s", after ? orders[BY_RUN].after : "",
			       orders[BY_RUN].order);
	} else {
		if (after)
			buf_add_format(sql, " AND %s%s", key, orders[list->order].after);
		buf_add_format(sql, " ORDER BY %s%s", key, orders[list->order].order);
	}
	buf_add_str(sql, " LIMIT ?11");
}

/* "17" or "17.2". */
static int bind_numbers(struct stats_rows *rows, enum order order, const char *after,
			struct error *err)
{
	auto_buf struct buf first = BUF_EMPTY;
	const char *rest = after;
	struct str_view head = str_split(&rest, '.');
	uint64_t numbers[2] = { 0, 1 };

	buf_add(&first, head.data, head.len);
	if ((rest != NULL) != (order == BY_RUN) ||
	    str_to_u64(&numbers[0], buf_str(&first), 0, INT64_MAX, err) < 0 ||
	    (rest && str_to_u64(&numbers[1], rest, 0, INT64_MAX, err) < 0))
		return error_set(err, ERROR_USAGE, "after is no cursor of this list");
	db_bind_int(&rows->statement, STATS_AFTER, (int64_t)numbers[0]);
	if (order == BY_RUN)
		db_bind_int(&rows->statement, STATS_AFTER + 1, (int64_t)numbers[1]);
	return 0;
}

int stats_list_ask(struct stats_rows *rows, struct db *db, const struct stats_list *list,
		   const struct stats_question *question, struct error *err)
{
	auto_buf struct buf sql = BUF_EMPTY;

	add_columns(&sql, list);
	if (stats_where_add(&sql, list->filters, &question->filter, err) < 0)
		return -1;
	add_order(&sql, list, question->after != NULL);
	if (db_prepare(&rows->statement, db, buf_str(&sql), err) < 0)
		return -1;
	memcpy(rows->columns, list->columns, list->count * sizeof(*list->columns));
	rows->count = list->count;
	stats_where_bind(rows, question);
	if (question->after && orders[list->order].numbers)
		return bind_numbers(rows, list->order, question->after, err);
	if (question->after)
		db_bind_text(&rows->statement, STATS_AFTER, question->after);
	return 0;
}
