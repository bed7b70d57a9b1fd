#include "bin/ghstats/records.h"

#include <string.h>

#include "lib/error.h"

enum value {
	ID,
	ATTEMPT,
	NUMBER,
	REPOSITORY_ID,
	REPOSITORY_NAME,
	WORKFLOW_ID,
	WORKFLOW_NAME,
	WORKFLOW_PATH,
	ACTOR_ID,
	ACTOR_LOGIN,
	EVENT,
	TITLE,
	BRANCH,
	SHA,
	STATUS,
	CONCLUSION,
	CREATED,
	STARTED,
	UPDATED,
	FIELDS,
	RANK = FIELDS,
	GUESSED,
	COMPLETED, /* when it was said to be completed; missing while it is not */
	VALUES,
};

_Static_assert((int)VALUES <= (int)RECORD_VALUES, "raise RECORD_VALUES");

#define RUN_NUMBER(path) RECORD_NUMBER_AT("?1", path)
#define RUN_TEXT(path) RECORD_TEXT_AT("?1", path)
#define EITHER(a, b) "coalesce(" a ", " b ")"

static const struct record_field fields[FIELDS] = {
	[ID] = { RECORD_NUMBER, RUN_NUMBER("$.id") },
	[ATTEMPT] = { RECORD_NUMBER, RUN_NUMBER("$.run_attempt") },
	[NUMBER] = { RECORD_NUMBER, RUN_NUMBER("$.run_number") },
	[REPOSITORY_ID] = { RECORD_NUMBER, EITHER(RECORD_NUMBER_AT("?2", "$.id"),
						  RUN_NUMBER("$.repository.id")) },
	[REPOSITORY_NAME] = { RECORD_TEXT, EITHER(RECORD_TEXT_AT("?2", "$.full_name"),
						  RUN_TEXT("$.repository.full_name")) },
	[WORKFLOW_ID] = { RECORD_NUMBER, EITHER(RUN_NUMBER("$.workflow_id"),
						RECORD_NUMBER_AT("?3", "$.id")) },
	[WORKFLOW_NAME] = { RECORD_TEXT,
			    EITHER(RECORD_TEXT_AT("?3", "$.name"), RUN_TEXT("$.name")) },
	[WORKFLOW_PATH] = { RECORD_TEXT,
			    EITHER(RECORD_TEXT_AT("?3", "$.path"), RUN_TEXT("$.path")) },
	[ACTOR_ID] = { RECORD_NUMBER, RUN_NUMBER("$.actor.id") },
	[ACTOR_LOGIN] = { RECORD_TEXT, RUN_TEXT("$.actor.login") },
	[EVENT] = { RECORD_TEXT, RUN_TEXT("$.event") },
	[TITLE] = { RECORD_TEXT, RUN_TEXT("$.display_title") },
	[BRANCH] = { RECORD_TEXT, RUN_TEXT("$.head_branch") },
	[SHA] = { RECORD_TEXT, RUN_TEXT("$.head_sha") },
	[STATUS] = { RECORD_TEXT, RUN_TEXT("$.status") },
	[CONCLUSION] = { RECORD_TEXT, RUN_TEXT("$.conclusion") },
	[CREATED] = { RECORD_TIME, RUN_TEXT("$.created_at") },
	[STARTED] = { RECORD_TIME, RUN_TEXT("$.run_started_at") },
	[UPDATED] = { RECORD_TIME, RUN_TEXT("$.updated_at") },
};

/* clang-format off */
#define USER \
	"INSERT INTO users (id, login, seen_ms) VALUES (?1, ?2, ?3)" \
	" ON CONFLICT (id) DO UPDATE SET login = excluded.login, seen_ms = excluded.seen_ms" \
	" WHERE (excluded.seen_ms, excluded.login COLLATE BINARY)" \
	" > (users.seen_ms, users.login)"

#define WORKFLOW \
	"INSERT INTO workflows (id, repository_id, name, path, seen_ms)" \
	" VALUES (?1, ?2, ?3, ?4, ?5)" \
	" ON CONFLICT (id) DO UPDATE SET repository_id = excluded.repository_id," \
	" name = excluded.name, path = excluded.path, seen_ms = excluded.seen_ms" \
	" WHERE (excluded.seen_ms, coalesce(excluded.name, ''), coalesce(excluded.path, '')," \
	" excluded.repository_id)" \
	" > (workflows.seen_ms, coalesce(workflows.name, ''), coalesce(workflows.path, '')," \
	" workflows.repository_id)"

/* The row's own and the new one's, alike: what decides which is kept. */
#define STANDING(row) \
	"(" row ".rank, " row ".updated_ms, " row ".started_ms, " row ".created_ms, " \
	row ".status, coalesce(" row ".conclusion, ''), coalesce(" row ".branch, '')," \
	" coalesce(" row ".event, ''), coalesce(" row ".title, ''), coalesce(" row ".sha, '')," \
	" coalesce(" row ".actor_id, 0), coalesce(" row ".number, 0), " row ".workflow_id, " \
	row ".repository_id, " row ".guessed)"

#define RUN \
	"INSERT INTO workflow_runs (id, attempt, repository_id, workflow_id, actor_id," \
	" number, event, title, branch, sha, status, conclusion, rank, created_ms," \
	" started_ms, updated_ms, guessed) VALUES" \
	" (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)" \
	" ON CONFLICT (id, attempt) DO UPDATE SET repository_id = excluded.repository_id," \
	" workflow_id = excluded.workflow_id, actor_id = excluded.actor_id," \
	" number = excluded.number, event = excluded.event, title = excluded.title," \
	" branch = excluded.branch, sha = excluded.sha, status = excluded.status," \
	" conclusion = excluded.conclusion, rank = excluded.rank," \
	" created_ms = excluded.created_ms, started_ms = excluded.started_ms," \
	" updated_ms = excluded.updated_ms, guessed = excluded.guessed" \
	" WHERE " STANDING("excluded") " > " STANDING("workflow_runs")

/* GitHub has no time of the end; the earliest update that knows it is nearest. */
#define END \
	"UPDATE workflow_runs SET completed_ms = ?3 WHERE id = ?1 AND attempt = ?2" \
	" AND (completed_ms IS NULL OR completed_ms > ?3)"

static const struct record_step steps[] = {
	{ RECORD_TOUCH, RECORD_NONE, { ID, ATTEMPT }, 2 },
	{ USER, ACTOR_ID, { ACTOR_ID, ACTOR_LOGIN, UPDATED }, 3 },
	{ RECORD_REPOSITORY, RECORD_NONE, { REPOSITORY_ID, REPOSITORY_NAME, UPDATED }, 3 },
	{ WORKFLOW, RECORD_NONE,
	  { WORKFLOW_ID, REPOSITORY_ID, WORKFLOW_NAME, WORKFLOW_PATH, UPDATED }, 5 },
	{ RUN, RECORD_NONE,
	  { ID, ATTEMPT, REPOSITORY_ID, WORKFLOW_ID, ACTOR_ID, NUMBER, EVENT, TITLE, BRANCH,
	    SHA, STATUS, CONCLUSION, RANK, CREATED, STARTED, UPDATED, GUESSED }, 17 },
	{ END, COMPLETED, { ID, ATTEMPT, COMPLETED }, 3 },
	{ RECORD_TOUCH, RECORD_NONE, { ID, ATTEMPT }, 2 },
};
/* clang-format on */

_Static_assert(RECORD_COUNT(steps) <= RECORD_STEPS, "raise RECORD_STEPS");

static void copy_missing(struct record_value *value, const struct record_value *other)
{
	if (!value->is_set)
		*value = *other;
}

/* What is missing is taken from what is there, and is remembered as a guess. */
static int complete_times(struct record_value *values, struct error *err)
{
	struct record_value *created = &values[CREATED];
	struct record_value *started = &values[STARTED];
	struct record_value *updated = &values[UPDATED];

	record_set(&values[GUESSED],
		   !created->is_set || !started->is_set || !updated->is_set);
	copy_missing(updated, started);
	copy_missing(updated, created);
	copy_missing(created, started);
	copy_missing(created, updated);
	copy_missing(started, values[ATTEMPT].number == 1 ? created : updated);
	if (!updated->is_set)
		return error_set(err, ERROR_DATA, "workflow run %jd has no time",
				 (intmax_t)values[ID].number);
	return 0;
}

static void complete_status(struct record_value *values)
{
	static const char completed[] = "completed";
	static const char queued[] = "queued";
	struct record_value *status = &values[STATUS];

	if (!status->is_set) {
		const char *text = values[CONCLUSION].is_set ? completed : queued;

		status->is_set = status->is_text = true;
		status->text = (struct str_view){ text, strlen(text) };
	}
	record_set(&values[RANK], record_rank(status));
	if (record_text_is(status, completed))
		values[COMPLETED] = values[UPDATED];
	else
		values[CONCLUSION].is_set = false;
}

/* The API adds the branch it was taken from: ".github/workflows/ci.yml@main". */
static void cut_path(struct record_value *path)
{
	const char *at =
		path->is_set ? memchr(path->text.data, '@', path->text.len) : NULL;

	if (at)
		path->text.len = (size_t)(at - path->text.data);
}

static int complete(struct record_value *values, struct error *err)
{
	if (!record_is_id(&values[ID]))
		return error_set(err, ERROR_DATA, "a workflow run without its id");
	if (!values[ATTEMPT].is_set)
		record_set(&values[ATTEMPT], 1);
	if (!record_is_id(&values[ATTEMPT]) || !record_is_id(&values[WORKFLOW_ID]) ||
	    !record_is_id(&values[REPOSITORY_ID]) || !values[REPOSITORY_NAME].is_set)
		return error_set(err, ERROR_DATA,
				 "workflow run %jd without its attempt, workflow or "
				 "repository",
				 (intmax_t)values[ID].number);
	if (!record_is_id(&values[ACTOR_ID]) || !values[ACTOR_LOGIN].is_set)
		values[ACTOR_ID].is_set = false;
	if (complete_times(values, err) < 0)
		return -1;
	complete_status(values);
	cut_path(&values[WORKFLOW_PATH]);
	return 0;
}

const struct record record_run = { "workflow_runs",	fields,	 FIELDS, steps,
				   RECORD_COUNT(steps), complete };
