#include "lib/stats_where.h"

#include "lib/buf.h"
#include "lib/error.h"

_Static_assert((int)STATS_AFTER == 9 && (int)STATS_LIMIT == 11,
	       "the statements say ?9, ?10 and ?11");

#define REPOSITORY "repository_id IN (SELECT id FROM repositories WHERE name = ?1)"

#define WORKFLOW                                                                         \
	"workflow_id IN (SELECT id FROM workflows WHERE name = ?2 OR path = ?2"          \
	" OR substr(path, -length(?2) - 1) = '/' || ?2)"

const char *const stats_where_facts[STATS_FIELDS] = {
	[STATS_REPOSITORY] = REPOSITORY,
	/* NOLINTNEXTLINE(bugprone-suspicious-missing-comma): it is one text */
	[STATS_WORKFLOW] = WORKFLOW,
	[STATS_BRANCH] = "branch = ?3",
	[STATS_EVENT] = "event = ?4",
	[STATS_ACTOR] = "actor_id IN (SELECT id FROM users WHERE login = ?5)",
	[STATS_STATUS] = "(status = ?6 OR conclusion = ?6)",
	[STATS_FROM] = "at_ms >= ?7",
	[STATS_TO] = "at_ms < ?8",
};

const char *const stats_where_local[STATS_FIELDS] = {
	[STATS_REPOSITORY] = "repository = ?1",
	[STATS_STATUS] = "state = ?6",
	[STATS_FROM] = "at_ms >= ?7",
	[STATS_TO] = "at_ms < ?8",
};

const char *const stats_where_workflows[STATS_FIELDS] = {
	[STATS_REPOSITORY] = "p.name = ?1",
	[STATS_WORKFLOW] = "w.id = ?2",
};

const char *const stats_where_days[STATS_FIELDS] = {
	[STATS_WORKFLOW] = "workflow_id = ?2",
	[STATS_FROM] = "day >= ?7 / 86400000",
	[STATS_TO] = "day * 86400000 < ?8",
};

const char *const stats_where_none[STATS_FIELDS] = { NULL };

int stats_where_add(struct buf *sql, const char *const *conditions,
		    const struct stats_filter *filter, struct error *err)
{
	for (int i = 0; i < STATS_FIELDS; i++) {
		if (!filter->text[i])
			continue;
		if (!conditions[i])
			return error_set(err, ERROR_USAGE, "%s does not belong here",
					 stats_field_name((enum stats_field)i));
		buf_add_format(sql, " AND %s",
			       i == STATS_WORKFLOW && filter->workflow_id &&
					       conditions == stats_where_facts
				       ? "workflow_id = ?2"
				       : conditions[i]);
	}
	return 0;
}

void stats_where_bind(struct stats_rows *rows, const struct stats_question *question)
{
	const struct stats_filter *filter = &question->filter;

	for (int i = 0; i < STATS_FIELDS; i++) {
		if (filter->text[i])
			db_bind_text(&rows->statement, i + 1, filter->text[i]);
	}
	if (filter->workflow_id)
		db_bind_int(&rows->statement, STATS_WORKFLOW + 1, filter->workflow_id);
	if (filter->text[STATS_FROM])
		db_bind_int(&rows->statement, STATS_FROM + 1, filter->from_ms);
	if (filter->text[STATS_TO])
		db_bind_int(&rows->statement, STATS_TO + 1, filter->to_ms);
	db_bind_int(&rows->statement, STATS_LIMIT, question->limit);
}
