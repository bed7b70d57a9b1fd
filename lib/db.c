#include "lib/db.h"

#include <assert.h>
#include <fcntl.h>
#include <poll.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"

enum { BUSY_MS = 10000, STEP_MS = 5 };

static sqlite3_stmt *stmt_of(const struct db_statement *statement)
{
	return statement->handle;
}

static enum error_kind kind_of(int code)
{
	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return ERROR_TEMPORARY;
	case SQLITE_CONSTRAINT:
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_MISMATCH:
	case SQLITE_TOOBIG:
	case SQLITE_ERROR: /* json() of what is no JSON, among others */
		return ERROR_DATA;
	case SQLITE_PERM:
	case SQLITE_AUTH:
	case SQLITE_READONLY:
		return ERROR_DENIED;
	case SQLITE_MISUSE:
	case SQLITE_RANGE:
		return ERROR_BUG;
	default:
		return ERROR_SYSTEM;
	}
}

static int failed(const struct db *db, const char *doing, struct error *err)
{
	sqlite3 *handle = db->handle;

	return error_set(err, kind_of(sqlite3_extended_errcode(handle)), "%s '%s': %s",
			 doing, db->path, sqlite3_errmsg(handle));
}

int db_execute(struct db *db, const char *sql, struct error *err)
{
	if (sqlite3_exec(db->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
		return failed(db, "change database", err);
	return 0;
}

int db_begin(struct db *db, struct error *err)
{
	return db_execute(db, "BEGIN IMMEDIATE", err);
}

int db_commit(struct db *db, struct error *err)
{
	return db_execute(db, "COMMIT", err);
}

void db_rollback(struct db *db)
{
	if (db->handle && !sqlite3_get_autocommit(db->handle))
		(void)sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
}

static int pragma_number(int64_t *number, struct db *db, const char *sql,
			 struct error *err)
{
	auto_statement struct db_statement statement = DB_STATEMENT_NONE;
	bool row = false;

	if (db_prepare(&statement, db, sql, err) < 0 ||
	    db_step(&row, &statement, err) < 0)
		return -1;
	*number = row ? db_int(&statement, 0) : 0;
	return 0;
}

int db_data_version(int64_t *version, struct db *db, struct error *err)
{
	return pragma_number(version, db, "PRAGMA data_version", err);
}

static int check_version(int64_t *version, struct db *db, const struct db_schema *schema,
			 struct error *err)
{
	if (pragma_number(version, db, "PRAGMA user_version", err) < 0)
		return -1;
	if (*version > schema->count)
		return error_set(
			err, ERROR_CONFIG,
			"database '%s' is of version %jd, this program knows %d: "
			"use the newer hooktools that made it",
			db->path, (intmax_t)*version, schema->count);
	return 0;
}

static int apply_migrations(struct db *db, const struct db_schema *schema,
			    struct error *err)
{
	char sql[64];
	int64_t version = 0;

	/* Again under the lock: another process may have been faster. */
	if (check_version(&version, db, schema, err) < 0)
		return -1;
	for (; version < schema->count; version++) {
		if (db_execute(db, schema->migrations[version], err) < 0)
			return error_wrap(err, "migration %jd", (intmax_t)version + 1);
	}
	sqlite3_snprintf(sizeof(sql), sql, "PRAGMA user_version = %d", schema->count);
	return db_execute(db, sql, err);
}

static int migrate(struct db *db, const struct db_schema *schema, struct error *err)
{
	int64_t version = 0;

	if (check_version(&version, db, schema, err) < 0)
		return -1;
	if (version == schema->count)
		return 0;
	if (db_begin(db, err) < 0)
		return -1;
	if (apply_migrations(db, schema, err) < 0 || db_commit(db, err) < 0) {
		db_rollback(db);
		return -1;
	}
	return 0;
}

static int open_handle(struct db *db, const char *path, int flags, struct error *err)
{
	sqlite3 *handle = NULL;

	db->path = str_dup(path);
	if (sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_EXRESCODE, NULL) !=
	    SQLITE_OK) {
		db->handle = handle;
		(void)failed(db, "open database", err);
		db_close(db);
		return -1;
	}
	db->handle = handle;
	sqlite3_busy_timeout(handle, BUSY_MS);
	return 0;
}

/* SQLite would make it with the umask's mode; secrets of others may be in it. */
static int make_private(const char *path, struct error *err)
{
	auto_close int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return error_errno(err, "open database '%s'", path);
	return 0;
}

/* Of several who make a database at once SQLite tells some that it is busy without waiting:
 * nobody may hold it while its journal changes. */
static int set_up(struct db *db, const struct db_schema *schema, struct error *err)
{
	int waited_ms;

	for (waited_ms = 0;; waited_ms += STEP_MS) {
		*err = (struct error){ 0 };
		if (db_execute(db, "PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON",
			       err) == 0 &&
		    migrate(db, schema, err) == 0)
			return 0;
		if (err->kind != ERROR_TEMPORARY || waited_ms >= BUSY_MS)
			return -1;
		(void)poll(NULL, 0, STEP_MS);
	}
}

int db_open(struct db *db, const char *path, const struct db_schema *schema,
	    struct error *err)
{
	auto_db struct db opened = DB_NONE;

	if (make_private(path, err) < 0 ||
	    open_handle(&opened, path, SQLITE_OPEN_READWRITE, err) < 0 ||
	    set_up(&opened, schema, err) < 0)
		return -1;
	*db = opened;
	opened = (struct db)DB_NONE;
	return 0;
}

int db_open_read(struct db *db, const char *path, const struct db_schema *schema,
		 struct error *err)
{
	auto_db struct db opened = DB_NONE;
	int64_t version = 0;

	if (access(path, F_OK) < 0)
		return error_set(err, ERROR_ABSENT, "no database '%s'", path);
	if (open_handle(&opened, path, SQLITE_OPEN_READONLY, err) < 0 ||
	    check_version(&version, &opened, schema, err) < 0)
		return -1;
	if (version < schema->count)
		return error_set(err, ERROR_CONFIG,
				 "database '%s' is of version %jd, this program needs %d",
				 path, (intmax_t)version, schema->count);
	*db = opened;
	opened = (struct db)DB_NONE;
	return 0;
}

void db_close(struct db *db)
{
	if (db->handle)
		(void)sqlite3_close_v2(db->handle);
	free(db->path);
	*db = (struct db)DB_NONE;
}

int db_prepare(struct db_statement *statement, struct db *db, const char *sql,
	       struct error *err)
{
	sqlite3_stmt *handle = NULL;

	if (sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle,
			       NULL) != SQLITE_OK)
		return failed(db, "prepare a statement for database", err);
	statement->handle = handle;
	statement->db = db;
	return 0;
}

void db_finish(struct db_statement *statement)
{
	(void)sqlite3_finalize(statement->handle);
	*statement = (struct db_statement)DB_STATEMENT_NONE;
}

static void bound(int code)
{
	if (code == SQLITE_NOMEM)
		abort();
	assert(code == SQLITE_OK);
}

void db_bind_text(struct db_statement *statement, int index, const char *text)
{
	bound(sqlite3_bind_text(stmt_of(statement), index, text, -1, SQLITE_TRANSIENT));
}

void db_bind_view(struct db_statement *statement, int index, struct str_view text)
{
	bound(sqlite3_bind_text64(stmt_of(statement), index, text.data, text.len,
				  SQLITE_TRANSIENT, SQLITE_UTF8));
}

void db_bind_int(struct db_statement *statement, int index, int64_t number)
{
	bound(sqlite3_bind_int64(stmt_of(statement), index, number));
}

void db_bind_double(struct db_statement *statement, int index, double number)
{
	bound(sqlite3_bind_double(stmt_of(statement), index, number));
}

void db_bind_null(struct db_statement *statement, int index)
{
	bound(sqlite3_bind_null(stmt_of(statement), index));
}

int db_step(bool *row, struct db_statement *statement, struct error *err)
{
	int code = sqlite3_step(stmt_of(statement));

	*row = code == SQLITE_ROW;
	if (code == SQLITE_ROW)
		return 0;
	if (code != SQLITE_DONE)
		(void)failed(statement->db, "query database", err);
	db_reset(statement);
	return code == SQLITE_DONE ? 0 : -1;
}

int db_run(struct db_statement *statement, struct error *err)
{
	bool row = true;

	while (row) {
		if (db_step(&row, statement, err) < 0)
			return -1;
	}
	return 0;
}

void db_reset(struct db_statement *statement)
{
	(void)sqlite3_reset(stmt_of(statement));
}

const char *db_text(const struct db_statement *statement, int column)
{
	return (const char *)sqlite3_column_text(stmt_of(statement), column);
}

struct str_view db_view(const struct db_statement *statement, int column)
{
	const char *text = db_text(statement, column);

	return (struct str_view){ text, (size_t)sqlite3_column_bytes(stmt_of(statement),
								     column) };
}

int64_t db_int(const struct db_statement *statement, int column)
{
	return sqlite3_column_int64(stmt_of(statement), column);
}

double db_double(const struct db_statement *statement, int column)
{
	return sqlite3_column_double(stmt_of(statement), column);
}

bool db_is_null(const struct db_statement *statement, int column)
{
	return sqlite3_column_type(stmt_of(statement), column) == SQLITE_NULL;
}
