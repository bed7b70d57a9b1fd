#include "lib/registry_schedule.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/buf.h"
#include "lib/error.h"
#include "lib/registry.h"

#define COLUMNS                                                                          \
	"SELECT schedules.id, schedules.name, command IS NOT NULL,"                      \
	" ifnull(commands.enabled, 1), expression, timezone, jitter_ms, repository,"     \
	" payload, started, seen_ms, due_ms, ran_ms,"                                    \
	" (SELECT count(*) FROM assignments"                                             \
	"  WHERE assignments.command = schedules.command)"                               \
	" FROM schedules LEFT JOIN commands ON commands.id = command"

static int none(const char *name, struct error *err)
{
	return error_set(err, ERROR_ABSENT,
			 "no schedule '%s': hookroute schedule list shows them", name);
}

/* Run a statement on one schedule that returns a row if there is one. */
static int change(struct registry *registry, const char *sql, const char *name,
		  int64_t now_ms, struct error *err)
{
	auto_statement struct db_statement statement = DB_STATEMENT_NONE;
	bool row = false;

	if (db_prepare(&statement, &registry->db, sql, err) < 0)
		return -1;
	db_bind_text(&statement, 1, name);
	if (now_ms)
		db_bind_int(&statement, 2, now_ms);
	if (db_step(&row, &statement, err) < 0)
		return -1;
	if (!row)
		return none(name, err);
	return db_run(&statement, err);
}

static void bind(struct db_statement *statement, const struct registry_schedule *schedule)
{
	char id[UUID_LEN];

	uuid_random(id);
	db_bind_text(statement, 1, id);
	db_bind_text(statement, 2, schedule->name);
	db_bind_text(statement, 3, schedule->expression);
	db_bind_text(statement, 4, schedule->timezone);
	db_bind_int(statement, 5, schedule->jitter_ms);
	db_bind_text(statement, 6, schedule->repository);
	db_bind_text(statement, 7, schedule->payload);
	db_bind_int(statement, 8, schedule->started);
	db_bind_int(statement, 9, schedule->seen_ms);
}

#define INSERT                                                                           \
	"INSERT INTO schedules (id, name, command, expression, timezone, jitter_ms,"     \
	" repository, payload, started, seen_ms, created_ms) "

static int put(bool *row, struct registry *registry, const char *sql,
	       const struct registry_schedule *schedule, struct error *err)
{
	auto_statement struct db_statement statement = DB_STATEMENT_NONE;

	if (db_prepare(&statement, &registry->db, sql, err) < 0)
		return -1;
	bind(&statement, schedule);
	if (db_step(row, &statement, err) < 0)
		return -1;
	return *row ? db_run(&statement, err) : 0;
}

static int check_free(struct registry *registry, const struct registry_schedule *schedule,
		      struct error *err)
{
	auto_schedule struct registry_schedule old = REGISTRY_SCHEDULE_EMPTY;
	bool found = false;

	if (registry_schedule_find(&old, &found, registry, schedule->name, err) < 0)
		return -1;
	if (!found || (schedule->is_plugin && old.is_plugin))
		return 0;
	return error_set(err, ERROR_DATA,
			 "there is a schedule '%s' already, for %s: hookroute schedule "
			 "remove %s",
			 old.name, old.is_plugin ? "the plugin" : "routes", old.name);
}

int registry_schedule_add(struct registry *registry,
			  const struct registry_schedule *schedule, struct error *err)
{
	bool row = false;

	if (check_free(registry, schedule, err) < 0)
		return -1;
	if (!schedule->is_plugin)
		return put(&row, registry,
			   INSERT "VALUES (?1, ?2, NULL, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9)"
				  " RETURNING 1",
			   schedule, err);
	if (put(&row, registry,
		INSERT "SELECT ?1, ?2, id, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9"
		       " FROM commands WHERE name = ?2"
		       " ON CONFLICT (command) DO UPDATE SET expression = ?3,"
		       " timezone = ?4, jitter_ms = ?5, seen_ms = ?9 RETURNING 1",
		schedule, err) < 0)
		return -1;
	return row ? 0
		   : error_set(err, ERROR_ABSENT,
			       "no plugin '%s': hookroute plugin list shows them",
			       schedule->name);
}

int registry_schedule_remove(struct registry *registry, const char *name,
			     struct error *err)
{
	return change(registry, "DELETE FROM schedules WHERE name = ?1 RETURNING 1", name,
		      0, err);
}

int registry_schedule_stop(struct registry *registry, const char *name, struct error *err)
{
	return change(registry,
		      "UPDATE schedules SET started = 0 WHERE name = ?1 RETURNING 1",
		      name, 0, err);
}

int registry_schedule_start(struct registry *registry, const char *name, int64_t now_ms,
			    struct error *err)
{
	return change(registry,
		      "UPDATE schedules SET started = 1, seen_ms = ?2 WHERE name = ?1"
		      " RETURNING 1",
		      name, now_ms, err);
}

static void read_schedule(struct registry_schedule *schedule,
			  const struct db_statement *row)
{
	*schedule = (struct registry_schedule){
		.name = str_dup(db_text(row, 1)),
		.is_plugin = db_int(row, 2) != 0,
		.is_enabled = db_int(row, 3) != 0,
		.expression = str_dup(db_text(row, 4)),
		.timezone = str_dup(db_text(row, 5)),
		.jitter_ms = db_int(row, 6),
		.repository = str_dup(db_text(row, 7)),
		.payload = str_dup(db_text(row, 8)),
		.started = db_int(row, 9) != 0,
		.seen_ms = db_int(row, 10),
		.due_ms = db_int(row, 11),
		.ran_ms = db_int(row, 12),
		.repositories = (uint64_t)db_int(row, 13),
	};
	snprintf(schedule->id, sizeof(schedule->id), "%s", db_text(row, 0));
}

int registry_schedule_find(struct registry_schedule *schedule, bool *found,
			   struct registry *registry, const char *name, struct error *err)
{
	auto_statement struct db_statement statement = DB_STATEMENT_NONE;

	if (db_prepare(&statement, &registry->db, COLUMNS " WHERE schedules.name = ?1",
		       err) < 0)
		return -1;
	db_bind_text(&statement, 1, name);
	if (db_step(found, &statement, err) < 0)
		return -1;
	if (*found)
		read_schedule(schedule, &statement);
	return 0;
}

static void append(struct registry_schedules *schedules, const struct db_statement *row)
{
	size_t size = (schedules->count + 1) * sizeof(*schedules->list);
	struct registry_schedule *grown = realloc(schedules->list, size);

	if (!grown)
		abort();
	schedules->list = grown;
	read_schedule(&grown[schedules->count++], row);
}

int registry_schedule_list(struct registry_schedules *schedules,
			   struct registry *registry, const char *after,
			   struct error *err)
{
	auto_schedules struct registry_schedules read = { NULL, 0 };
	auto_statement struct db_statement statement = DB_STATEMENT_NONE;
	bool row = true;

	if (db_prepare(&statement, &registry->db,
		       COLUMNS
		       " WHERE schedules.name > ifnull(?1, '') ORDER BY schedules.name",
		       err) < 0)
		return -1;
	db_bind_text(&statement, 1, after);
	while (row) {
		if (db_step(&row, &statement, err) < 0)
			/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it is an auto_ */
			return -1;
		if (row)
			append(&read, &statement);
	}
	*schedules = read;
	read = (struct registry_schedules){ NULL, 0 };
	return 0;
}

int registry_schedule_settle(struct registry *registry,
			     const struct registry_schedule *schedule, struct error *err)
{
	auto_statement struct db_statement statement = DB_STATEMENT_NONE;

	if (db_prepare(&statement, &registry->db,
		       "UPDATE schedules SET seen_ms = ?2, due_ms = ?3, ran_ms = ?4"
		       " WHERE id = ?1",
		       err) < 0)
		return -1;
	db_bind_text(&statement, 1, schedule->id);
	db_bind_int(&statement, 2, schedule->seen_ms);
	db_bind_int(&statement, 3, schedule->due_ms);
	db_bind_int(&statement, 4, schedule->ran_ms);
	return db_run(&statement, err);
}

void registry_schedule_free(struct registry_schedule *schedule)
{
	free(schedule->name);
	free(schedule->expression);
	free(schedule->timezone);
	free(schedule->repository);
	free(schedule->payload);
	*schedule = (struct registry_schedule)REGISTRY_SCHEDULE_EMPTY;
}

void registry_schedules_free(struct registry_schedules *schedules)
{
	size_t i;

	for (i = 0; i < schedules->count; i++)
		registry_schedule_free(&schedules->list[i]);
	free(schedules->list);
	*schedules = (struct registry_schedules){ NULL, 0 };
}

int registry_batch_add(struct registry *registry, const char *id, struct str_view events,
		       struct error *err)
{
	auto_statement struct db_statement statement = DB_STATEMENT_NONE;

	if (db_prepare(&statement, &registry->db, "INSERT INTO batches VALUES (?1, ?2)",
		       err) < 0)
		return -1;
	db_bind_text(&statement, 1, id);
	db_bind_view(&statement, 2, events);
	return db_run(&statement, err);
}

int registry_batch_first(char id[static UUID_LEN], struct buf *events, bool *found,
			 struct registry *registry, struct error *err)
{
	auto_statement struct db_statement statement = DB_STATEMENT_NONE;
	struct str_view text;

	if (db_prepare(&statement, &registry->db,
		       "SELECT id, events FROM batches ORDER BY rowid LIMIT 1",
		       err) < 0 ||
	    db_step(found, &statement, err) < 0)
		return -1;
	if (!*found)
		return 0;
	snprintf(id, UUID_LEN, "%s", db_text(&statement, 0));
	text = db_view(&statement, 1);
	buf_add(events, text.data, text.len);
	return 0;
}

int registry_batch_remove(struct registry *registry, const char *id, struct error *err)
{
	auto_statement struct db_statement statement = DB_STATEMENT_NONE;

	if (db_prepare(&statement, &registry->db, "DELETE FROM batches WHERE id = ?1",
		       err) < 0)
		return -1;
	db_bind_text(&statement, 1, id);
	return db_run(&statement, err);
}
