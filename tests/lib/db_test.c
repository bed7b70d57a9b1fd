#include "lib/db.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/error.h"
#include "lib/file.h"
#include "tests/lib/check.h"

static const char *const steps[] = {
	"CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT UNIQUE)",
	"CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL "
	"REFERENCES parent ON DELETE CASCADE); INSERT INTO parent VALUES (1, 'one')",
};
static const struct db_schema first = { steps, 1 };
static const struct db_schema both = { steps, 2 };

static void here(void)
{
	CHECK(chdir(getenv("BATS_TEST_TMPDIR")) == 0);
	umask(0);
}

static int64_t number(struct db *db, const char *sql)
{
	auto_statement struct db_statement statement = DB_STATEMENT_NONE;
	struct error err = { 0 };
	bool row = false;

	CHECK(db_prepare(&statement, db, sql, &err) == 0);
	CHECK(db_step(&row, &statement, &err) == 0 && row);
	return db_int(&statement, 0);
}

static void migrates_step_by_step(void)
{
	struct error err = { 0 };
	struct stat st = { 0 };

	here();
	{
		auto_db struct db db = DB_NONE;

		CHECK(db_open(&db, "x.db", &first, &err) == 0);
		CHECK(db_execute(&db, "INSERT INTO parent VALUES (7, 'kept')", &err) ==
		      0);
		CHECK(stat("x.db", &st) == 0 && (st.st_mode & 0777) == 0600);
	}
	{
		auto_db struct db db = DB_NONE;

		CHECK(db_open(&db, "x.db", &both, &err) == 0);
		CHECK(number(&db, "SELECT count(*) FROM parent") == 2);
		CHECK(number(&db, "PRAGMA user_version") == 2);
	}
}

static void a_newer_database_is_refused(void)
{
	struct error err = { 0 };
	auto_db struct db db = DB_NONE;

	here();
	{
		auto_db struct db newer = DB_NONE;

		CHECK(db_open(&newer, "x.db", &both, &err) == 0);
	}
	CHECK(db_open(&db, "x.db", &first, &err) == -1 && err.kind == ERROR_CONFIG);
	CHECK(strstr(err.message, "'x.db' is of version 2, this program knows 1"));
	CHECK(db.handle == NULL);
}

static void a_failed_migration_changes_nothing(void)
{
	static const char *const bad_steps[] = { "CREATE TABLE a (x)",
						 "CREATE NONSENSE" };
	static const struct db_schema bad = { bad_steps, 2 };
	static const struct db_schema none = { NULL, 0 };
	struct error err = { 0 };
	auto_db struct db db = DB_NONE;

	here();
	CHECK(db_open(&db, "x.db", &bad, &err) == -1);
	CHECK(strncmp(err.message, "migration 2: ", 13) == 0);
	CHECK(db_open(&db, "x.db", &none, &err) == 0);
	CHECK(number(&db, "SELECT count(*) FROM sqlite_schema") == 0);
}

static void rows_and_parameters(void)
{
	auto_statement struct db_statement statement = DB_STATEMENT_NONE;
	auto_db struct db db = DB_NONE;
	struct error err = { 0 };
	bool row = false;

	here();
	CHECK(db_open(&db, "x.db", &both, &err) == 0);
	CHECK(db_prepare(&statement, &db, "SELECT ?1 AS a, ?2, ?3, ?4 WHERE ?5 IS NULL",
			 &err) == 0);
	db_bind_text(&statement, 1, "'; DROP TABLE parent; --");
	db_bind_int(&statement, 2, INT64_MIN);
	db_bind_double(&statement, 3, 1.5);
	db_bind_view(&statement, 4, (struct str_view){ "viewed", 4 });
	db_bind_null(&statement, 5);
	CHECK(db_step(&row, &statement, &err) == 0 && row);
	CHECK_STR(db_text(&statement, 0), "'; DROP TABLE parent; --");
	CHECK(db_int(&statement, 1) == INT64_MIN && db_double(&statement, 2) == 1.5);
	CHECK(str_view_equal(db_view(&statement, 3), "view"));
	CHECK(!db_is_null(&statement, 0));
	CHECK(db_step(&row, &statement, &err) == 0 && !row);
	CHECK(db_step(&row, &statement, &err) == 0 && row);
}

static void constraints_are_data_errors_and_cascade(void)
{
	auto_db struct db db = DB_NONE;
	struct error err = { 0 };

	here();
	CHECK(db_open(&db, "x.db", &both, &err) == 0);
	CHECK(db_execute(&db, "INSERT INTO child VALUES (1, 99)", &err) == -1);
	CHECK(err.kind == ERROR_DATA);
	CHECK(db_execute(&db, "INSERT INTO child VALUES (5, 1)", &err) == 0);
	CHECK(number(&db, "SELECT count(*) FROM child") == 1);
	CHECK(db_execute(&db, "DELETE FROM parent", &err) == 0);
	CHECK(number(&db, "SELECT count(*) FROM child") == 0);
}

static void rollback_undoes(void)
{
	auto_db struct db db = DB_NONE;
	struct error err = { 0 };

	here();
	CHECK(db_open(&db, "x.db", &both, &err) == 0);
	CHECK(db_begin(&db, &err) == 0);
	CHECK(db_execute(&db, "DELETE FROM parent", &err) == 0);
	db_rollback(&db);
	db_rollback(&db);
	CHECK(number(&db, "SELECT count(*) FROM parent") == 1);
	CHECK(db_begin(&db, &err) == 0 && db_commit(&db, &err) == 0);
}

static void reading_changes_nothing(void)
{
	auto_db struct db db = DB_NONE;
	auto_db struct db reader = DB_NONE;
	struct error err = { 0 };
	int64_t before = 0;
	int64_t after = 0;

	here();
	CHECK(db_open_read(&reader, "x.db", &both, &err) == -1 &&
	      err.kind == ERROR_ABSENT);
	CHECK(db_open(&db, "x.db", &both, &err) == 0);
	CHECK(db_open_read(&reader, "x.db", &both, &err) == 0);
	CHECK(db_execute(&reader, "DELETE FROM parent", &err) == -1 &&
	      err.kind == ERROR_DENIED);
	CHECK(db_data_version(&before, &reader, &err) == 0);
	CHECK(db_execute(&db, "DELETE FROM parent", &err) == 0);
	CHECK(db_data_version(&after, &reader, &err) == 0 && before != after);
}

static void what_is_no_database_is_named(void)
{
	auto_db struct db db = DB_NONE;
	struct error err = { 0 };

	here();
	CHECK(file_replace(AT_FDCWD, "x.db",
			   "not a database, but long enough to look like one", 48, 0600,
			   &err) == 0);
	CHECK(db_open(&db, "x.db", &both, &err) == -1 && err.kind == ERROR_DATA);
	CHECK(strstr(err.message, "'x.db'"));
	CHECK(db_open(&db, "none/x.db", &both, &err) == -1 && err.kind == ERROR_SYSTEM);
}

/* Four processes insert at once: each waits for the others, none is lost. */
static void writers_wait_for_each_other(void)
{
	auto_db struct db db = DB_NONE;
	struct error err = { 0 };
	int status = 0;
	int i;

	here();
	for (i = 0; i < 4; i++) {
		if (fork() == 0) {
			auto_db struct db own = DB_NONE;
			int n;

			CHECK(db_open(&own, "x.db", &both, &err) == 0);
			for (n = 0; n < 50; n++)
				CHECK(db_execute(&own,
						 "INSERT INTO child (parent) VALUES (1)",
						 &err) == 0);
			_exit(0);
		}
	}
	for (i = 0; i < 4; i++)
		CHECK(wait(&status) > 0 && status == 0);
	CHECK(db_open(&db, "x.db", &both, &err) == 0);
	CHECK(number(&db, "SELECT count(*) FROM child") == 200);
}

static const struct check_case cases[] = {
	{ "migrates_step_by_step", migrates_step_by_step },
	{ "a_newer_database_is_refused", a_newer_database_is_refused },
	{ "a_failed_migration_changes_nothing", a_failed_migration_changes_nothing },
	{ "rows_and_parameters", rows_and_parameters },
	{ "constraints_are_data_errors_and_cascade",
	  constraints_are_data_errors_and_cascade },
	{ "rollback_undoes", rollback_undoes },
	{ "reading_changes_nothing", reading_changes_nothing },
	{ "what_is_no_database_is_named", what_is_no_database_is_named },
	{ "writers_wait_for_each_other", writers_wait_for_each_other },
};

CHECK_MAIN(cases)
