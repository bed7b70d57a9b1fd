#ifndef LIB_DB_H
#define LIB_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/str.h"

struct error;

/*
 * The only module that knows SQLite.  A database is opened in WAL mode with foreign keys
 * on; who finds it locked waits up to ten seconds and then gets ERROR_TEMPORARY.  Values
 * reach SQL as bound parameters only.  SQLite's codes stay in here: busy is
 * ERROR_TEMPORARY, a broken constraint or a corrupt file ERROR_DATA, a full disk
 * ERROR_SYSTEM.
 */
struct db {
	void *handle; /* NULL when closed */
	char *path;
};

#define DB_NONE                                                                          \
	{                                                                                \
		NULL, NULL                                                               \
	}
#define auto_db __attribute__((cleanup(db_close)))

struct db_statement {
	void *handle;
	struct db *db;
};

#define DB_STATEMENT_NONE                                                                \
	{                                                                                \
		NULL, NULL                                                               \
	}
#define auto_statement __attribute__((cleanup(db_finish)))

/* The steps that made the present shape out of nothing, oldest first: migrations[n] takes
 * a database of version n (PRAGMA user_version) to n + 1. */
struct db_schema {
	const char *const *migrations;
	int count;
};

/*
 * Open path, made with mode 0600 if it is missing, and bring it to the newest version, all
 * missing steps in one transaction.  A database newer than the schema is ERROR_CONFIG.
 */
int db_open(struct db *db, const char *path, const struct db_schema *schema,
	    struct error *err);

/* Open what is there, for reading only; no migration.  Missing is ERROR_ABSENT, another
 * version than the schema's ERROR_CONFIG. */
int db_open_read(struct db *db, const char *path, const struct db_schema *schema,
		 struct error *err);
void db_close(struct db *db);

/* Run statements that take no parameters and give no rows. */
int db_execute(struct db *db, const char *sql, struct error *err);

/* A transaction that may write from its first moment on (BEGIN IMMEDIATE). */
int db_begin(struct db *db, struct error *err);
int db_commit(struct db *db, struct error *err);

/* Undo since db_begin; nothing to undo is fine. */
void db_rollback(struct db *db);

/* Changes whenever another connection has committed; for caches. */
int db_data_version(int64_t *version, struct db *db, struct error *err);

int db_prepare(struct db_statement *statement, struct db *db, const char *sql,
	       struct error *err);
void db_finish(struct db_statement *statement);

/* Parameters count from 1; an index the statement lacks is a bug (assert).  Text is copied;
 * NULL binds null. */
void db_bind_text(struct db_statement *statement, int index, const char *text);
void db_bind_view(struct db_statement *statement, int index, struct str_view text);
void db_bind_int(struct db_statement *statement, int index, int64_t number);
void db_bind_double(struct db_statement *statement, int index, double number);
void db_bind_null(struct db_statement *statement, int index);

/* The next row: *row is false at the end, and the statement is then ready to be bound and
 * run again (its parameters stay). */
int db_step(bool *row, struct db_statement *statement, struct error *err);

/* Run a statement that gives no rows, to its end. */
int db_run(struct db_statement *statement, struct error *err);

/* Stop in the middle of the rows. */
void db_reset(struct db_statement *statement);

/* Columns count from 0.  Text is NULL for null, owned by the statement until it steps. */
const char *db_text(const struct db_statement *statement, int column);
struct str_view db_view(const struct db_statement *statement, int column);
int64_t db_int(const struct db_statement *statement, int column);
double db_double(const struct db_statement *statement, int column);
bool db_is_null(const struct db_statement *statement, int column);

#endif
