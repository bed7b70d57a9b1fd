#include "bin/ghstats/records.h"

#include "lib/error.h"
#include "lib/uuid.h"

enum value {
	ID,
	NAME,
	OWNER,
	REPOSITORY,
	EVENT_ID,
	STATE,
	EXIT_CODE,
	SIGNAL,
	REASON,
	NODE,
	CREATED,
	STARTED,
	FINISHED,
	FIELDS,
	RANK = FIELDS,
};

#define JOB_NUMBER(path) RECORD_NUMBER_AT("?1", path)
#define JOB_TEXT(path) RECORD_TEXT_AT("?1", path)

static const struct record_field fields[FIELDS] = {
	[ID] = { RECORD_TEXT, JOB_TEXT("$.id") },
	[NAME] = { RECORD_TEXT, JOB_TEXT("$.name") },
	[OWNER] = { RECORD_TEXT, JOB_TEXT("$.owner") },
	[REPOSITORY] = { RECORD_TEXT, JOB_TEXT("$.repository") },
	[EVENT_ID] = { RECORD_TEXT, JOB_TEXT("$.event_id") },
	[STATE] = { RECORD_TEXT, JOB_TEXT("$.state") },
	[EXIT_CODE] = { RECORD_NUMBER, JOB_NUMBER("$.exit_code") },
	[SIGNAL] = { RECORD_NUMBER, JOB_NUMBER("$.signal") },
	[REASON] = { RECORD_TEXT, JOB_TEXT("$.reason") },
	[NODE] = { RECORD_TEXT, JOB_TEXT("$.node") },
	[CREATED] = { RECORD_TIME, JOB_TEXT("$.created_at") },
	[STARTED] = { RECORD_TIME, JOB_TEXT("$.started_at") },
	[FINISHED] = { RECORD_TIME, JOB_TEXT("$.finished_at") },
};

/* clang-format off */
#define STANDING(row) \
	"(" row ".rank, coalesce(" row ".finished_ms, 0), coalesce(" row ".started_ms, 0)," \
	" coalesce(" row ".created_ms, 0), " row ".state, coalesce(" row ".exit_code, -1)," \
	" coalesce(" row ".signal, 0), coalesce(" row ".reason, '')," \
	" coalesce(" row ".name, ''), coalesce(" row ".owner, '')," \
	" coalesce(" row ".repository, '') COLLATE BINARY, coalesce(" row ".event_id, '')," \
	" coalesce(" row ".node, ''))"

#define JOB \
	"INSERT INTO local_jobs (id, name, owner, repository, event_id, state, rank," \
	" exit_code, signal, reason, node, created_ms, started_ms, finished_ms) VALUES" \
	" (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)" \
	" ON CONFLICT (id) DO UPDATE SET name = excluded.name, owner = excluded.owner," \
	" repository = excluded.repository, event_id = excluded.event_id," \
	" state = excluded.state, rank = excluded.rank, exit_code = excluded.exit_code," \
	" signal = excluded.signal, reason = excluded.reason, node = excluded.node," \
	" created_ms = excluded.created_ms, started_ms = excluded.started_ms," \
	" finished_ms = excluded.finished_ms" \
	" WHERE " STANDING("excluded") " > " STANDING("local_jobs")

static const struct record_step steps[] = {
	{ JOB, RECORD_NONE,
	  { ID, NAME, OWNER, REPOSITORY, EVENT_ID, STATE, RANK, EXIT_CODE, SIGNAL, REASON,
	    NODE, CREATED, STARTED, FINISHED }, 14 },
};
/* clang-format on */

static int complete(struct record_value *values, struct error *err)
{
	if (!values[ID].is_set || !uuid_is_valid(values[ID].text.data))
		return error_set(err, ERROR_DATA, "a job without its id");
	if (!values[STATE].is_set)
		return error_set(err, ERROR_DATA, "job %s without its state",
				 values[ID].text.data);
	record_set(&values[RANK], 3);
	if (record_text_is(&values[STATE], "running"))
		record_set(&values[RANK], 2);
	if (record_text_is(&values[STATE], "queued"))
		record_set(&values[RANK], 1);
	return 0;
}

const struct record record_local_job = { "local_jobs",	      fields,  FIELDS, steps,
					 RECORD_COUNT(steps), complete };
