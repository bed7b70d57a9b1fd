#include "bin/ghstats/records.h"

#include "lib/error.h"

enum value {
	ID,
	RUN_ID,
	ATTEMPT,
	REPOSITORY_ID,
	REPOSITORY_NAME,
	NAME,
	BRANCH,
	RUNNER,
	RUNNER_GROUP,
	LABELS,
	STATUS,
	CONCLUSION,
	CREATED,
	STARTED,
	COMPLETED,
	FIELDS,
	RANK = FIELDS,
	SEEN,
	VALUES,
};

_Static_assert((int)VALUES <= (int)RECORD_VALUES, "raise RECORD_VALUES");

#define JOB_NUMBER(path) RECORD_NUMBER_AT("?1", path)
#define JOB_TEXT(path) RECORD_TEXT_AT("?1", path)

static const struct record_field fields[FIELDS] = {
	[ID] = { RECORD_NUMBER, JOB_NUMBER("$.id") },
	[RUN_ID] = { RECORD_NUMBER, JOB_NUMBER("$.run_id") },
	[ATTEMPT] = { RECORD_NUMBER, JOB_NUMBER("$.run_attempt") },
	[REPOSITORY_ID] = { RECORD_NUMBER, RECORD_NUMBER_AT("?2", "$.id") },
	[REPOSITORY_NAME] = { RECORD_TEXT, RECORD_TEXT_AT("?2", "$.full_name") },
	[NAME] = { RECORD_TEXT, JOB_TEXT("$.name") },
	[BRANCH] = { RECORD_TEXT, JOB_TEXT("$.head_branch") },
	[RUNNER] = { RECORD_TEXT, JOB_TEXT("$.runner_name") },
	[RUNNER_GROUP] = { RECORD_TEXT, JOB_TEXT("$.runner_group_name") },
	[LABELS] = { RECORD_TEXT, "CASE json_type(?1, '$.labels') WHEN 'array' THEN"
				  " (SELECT group_concat(value, ' ')"
				  " FROM json_each(?1, '$.labels')) END" },
	[STATUS] = { RECORD_TEXT, JOB_TEXT("$.status") },
	[CONCLUSION] = { RECORD_TEXT, JOB_TEXT("$.conclusion") },
	[CREATED] = { RECORD_TIME, JOB_TEXT("$.created_at") },
	[STARTED] = { RECORD_TIME, JOB_TEXT("$.started_at") },
	[COMPLETED] = { RECORD_TIME, JOB_TEXT("$.completed_at") },
};

/* clang-format off */
/* The job may come before its run, whose row then waits for the rest. */
#define RUN \
	"INSERT INTO workflow_runs (id, attempt, repository_id) VALUES (?1, ?2, ?3)" \
	" ON CONFLICT (id, attempt) DO UPDATE SET repository_id = excluded.repository_id" \
	" WHERE workflow_runs.status IS NULL" \
	" AND excluded.repository_id > coalesce(workflow_runs.repository_id, 0)"

#define STANDING(row) \
	"(" row ".rank, coalesce(" row ".completed_ms, 0), coalesce(" row ".started_ms, 0)," \
	" coalesce(" row ".created_ms, 0), " row ".status, coalesce(" row ".conclusion, '')," \
	" " row ".run_id, " row ".attempt, coalesce(" row ".name, '')," \
	" coalesce(" row ".branch, ''), coalesce(" row ".runner, '')," \
	" coalesce(" row ".runner_group, ''), coalesce(" row ".labels, ''))"

#define JOB \
	"INSERT INTO jobs (id, run_id, attempt, name, branch, runner, runner_group, labels," \
	" status, conclusion, rank, created_ms, started_ms, completed_ms) VALUES" \
	" (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)" \
	" ON CONFLICT (id) DO UPDATE SET run_id = excluded.run_id," \
	" attempt = excluded.attempt, name = excluded.name, branch = excluded.branch," \
	" runner = excluded.runner, runner_group = excluded.runner_group," \
	" labels = excluded.labels, status = excluded.status," \
	" conclusion = excluded.conclusion, rank = excluded.rank," \
	" created_ms = excluded.created_ms, started_ms = excluded.started_ms," \
	" completed_ms = excluded.completed_ms" \
	" WHERE " STANDING("excluded") " > " STANDING("jobs")

static const struct record_step steps[] = {
	{ RECORD_REPOSITORY, REPOSITORY_ID, { REPOSITORY_ID, REPOSITORY_NAME, SEEN }, 3 },
	{ RUN, RECORD_NONE, { RUN_ID, ATTEMPT, REPOSITORY_ID }, 3 },
	{ JOB, RECORD_NONE,
	  { ID, RUN_ID, ATTEMPT, NAME, BRANCH, RUNNER, RUNNER_GROUP, LABELS, STATUS,
	    CONCLUSION, RANK, CREATED, STARTED, COMPLETED }, 14 },
	{ RECORD_TOUCH, RECORD_NONE, { RUN_ID, ATTEMPT }, 2 },
};
/* clang-format on */

_Static_assert(RECORD_COUNT(steps) <= RECORD_STEPS, "raise RECORD_STEPS");

static void set_seen(struct record_value *values)
{
	int64_t seen = 0;

	for (int i = CREATED; i <= COMPLETED; i++) {
		if (values[i].is_set && values[i].number > seen)
			seen = values[i].number;
	}
	record_set(&values[SEEN], seen);
}

static int complete(struct record_value *values, struct error *err)
{
	if (!record_is_id(&values[ID]))
		return error_set(err, ERROR_DATA, "a workflow job without its id");
	if (!values[ATTEMPT].is_set)
		record_set(&values[ATTEMPT], 1);
	if (!record_is_id(&values[RUN_ID]) || !record_is_id(&values[ATTEMPT]) ||
	    !values[STATUS].is_set)
		return error_set(err, ERROR_DATA,
				 "workflow job %jd without its run, attempt or status",
				 (intmax_t)values[ID].number);
	if (!record_is_id(&values[REPOSITORY_ID]) || !values[REPOSITORY_NAME].is_set)
		values[REPOSITORY_ID].is_set = false;
	record_set(&values[RANK], record_rank(&values[STATUS]));
	if (!record_text_is(&values[STATUS], "completed"))
		values[CONCLUSION].is_set = values[COMPLETED].is_set = false;
	set_seen(values);
	return 0;
}

const struct record record_job = { "jobs",  fields, FIELDS, steps, RECORD_COUNT(steps),
				   complete };
