#include "bin/ghstats/store.h"

#include "bin/ghstats/records.h"
#include "lib/error.h"
#include "lib/stats_schema.h"

static const struct record *const records[LINE_KINDS] = {
	[LINE_RUN] = &record_run,
	[LINE_JOB] = &record_job,
	[LINE_LOCAL_JOB] = &record_local_job,
};

static int prepare(struct store *store, struct error *err)
{
	struct db *db = &store->db;

	for (int i = 0; i < LINE_KINDS; i++) {
		if (records[i] &&
		    recorder_open(&store->recorders[i], db, records[i], err) < 0)
			return -1;
	}
	if (db_prepare(&store->elements, db,
		       "SELECT CASE type WHEN 'object' THEN value END FROM json_each(?1)",
		       err) < 0)
		return -1;
	if (db_prepare(&store->save, db, "SAVEPOINT line", err) < 0 ||
	    db_prepare(&store->release, db, "RELEASE line", err) < 0)
		return -1;
	return db_prepare(&store->undo, db, "ROLLBACK TO line", err);
}

int store_open(struct store *store, const struct layout *layout, struct error *err)
{
	if (stats_open(&store->db, layout, err) < 0 ||
	    stats_summary_open(&store->summary, &store->db, err) < 0)
		return -1;
	return prepare(store, err);
}

void store_close(struct store *store)
{
	for (int i = 0; i < LINE_KINDS; i++)
		recorder_close(&store->recorders[i]);
	stats_summary_close(&store->summary);
	db_finish(&store->elements);
	db_finish(&store->save);
	db_finish(&store->release);
	db_finish(&store->undo);
	db_close(&store->db);
}

int store_begin(struct store *store, struct error *err)
{
	return db_begin(&store->db, err);
}

/* What the database says of a statement is never the line's fault: a retry may help. */
static int database_failed(struct error *err)
{
	if (err->kind != ERROR_TEMPORARY)
		err->kind = ERROR_SYSTEM;
	return -1;
}

static int store_object(struct store_result *result, struct recorder *recorder,
			const struct record_source *source, struct error *err)
{
	if (recorder_read(recorder, source, err) < 0)
		return -1;
	if (recorder_store(recorder, err) < 0)
		return database_failed(err);
	result->stored++;
	return 0;
}

static int store_element(struct store_result *result, struct recorder *recorder,
			 struct str_view element, struct error *err)
{
	const struct record_source source = { .object = element };

	if (!element.data)
		return error_set(err, ERROR_DATA, "an element is no object");
	return store_object(result, recorder, &source, err);
}

/* What makes no sense does not keep the rest of a page out, unless nothing is left. */
static int store_page(struct store_result *result, struct store *store,
		      const struct line *line, struct error *err)
{
	struct recorder *recorder = &store->recorders[line->kind];
	struct error problem = { 0 };
	bool row = false;

	db_reset(&store->elements);
	db_bind_view(&store->elements, 1, line->source.object);
	for (;;) {
		if (db_step(&row, &store->elements, err) < 0)
			return database_failed(err);
		if (!row)
			break;
		if (store_element(result, recorder, db_view(&store->elements, 0),
				  &problem) == 0)
			continue;
		result->refused++;
		if (problem.kind != ERROR_DATA)
			break;
	}
	if (result->refused && (!result->stored || problem.kind != ERROR_DATA)) {
		*err = problem;
		return -1;
	}
	return 0;
}

static int store_whole(struct store_result *result, struct store *store,
		       const struct line *line, struct error *err)
{
	int status;

	if (!line->is_page)
		return store_object(result, &store->recorders[line->kind], &line->source,
				    err);
	status = store_page(result, store, line, err);
	db_reset(&store->elements);
	return status;
}

int store_line(struct store_result *result, bool *lost, struct store *store,
	       const struct line *line, struct error *err)
{
	struct store_result stored = { 0 };
	struct error undoing = { 0 };

	*lost = true;
	if (db_run(&store->save, err) < 0)
		return database_failed(err);
	if (store_whole(&stored, store, line, err) < 0) {
		/* A full disk ends the transaction, and there is no savepoint any more. */
		*lost = db_run(&store->undo, &undoing) < 0 ||
			db_run(&store->release, &undoing) < 0;
		return -1;
	}
	if (db_run(&store->release, err) < 0)
		return database_failed(err);
	*lost = false;
	*result = stored;
	return 0;
}

int store_commit(struct store *store, struct error *err)
{
	if (stats_summarize(&store->summary, err) < 0 || db_commit(&store->db, err) < 0) {
		db_rollback(&store->db);
		return database_failed(err);
	}
	return 0;
}

void store_rollback(struct store *store)
{
	db_rollback(&store->db);
}
