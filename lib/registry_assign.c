#include "lib/registry_assign.h"

#include "lib/buf.h"
#include "lib/error.h"
#include "lib/registry.h"
#include "lib/str.h"

#define BOTH                                                                             \
	" FROM commands JOIN repositories"                                               \
	" WHERE commands.name = ?1 AND repositories.name = ?2"

/* Is there a row?  ?1 and ?2 are bound to the texts. */
static int look(bool *row, struct registry *registry, const char *sql,
		const char *const texts[static 2], struct error *err)
{
	auto_statement struct db_statement statement = DB_STATEMENT_NONE;

	if (db_prepare(&statement, &registry->db, sql, err) < 0)
		return -1;
	db_bind_text(&statement, 1, texts[0]);
	if (texts[1])
		db_bind_text(&statement, 2, texts[1]);
	return db_step(row, &statement, err);
}

int registry_command_add(struct registry *registry, const char *name, int64_t created_ms,
			 struct error *err)
{
	auto_statement struct db_statement statement = DB_STATEMENT_NONE;
	char id[UUID_LEN];
	bool row = false;

	uuid_random(id);
	if (db_prepare(&statement, &registry->db,
		       "INSERT INTO commands (id, name, created_ms) VALUES (?1, ?2, ?3)"
		       " ON CONFLICT DO NOTHING RETURNING 1",
		       err) < 0)
		return -1;
	db_bind_text(&statement, 1, id);
	db_bind_text(&statement, 2, name);
	db_bind_int(&statement, 3, created_ms);
	if (db_step(&row, &statement, err) < 0)
		return -1;
	if (!row)
		return error_set(err, ERROR_DATA, "there is a command '%s' already",
				 name);
	return db_run(&statement, err);
}

int registry_command_remove(struct registry *registry, const char *name,
			    struct error *err)
{
	const char *const texts[] = { name, NULL };
	bool row = false;

	if (look(&row, registry, "DELETE FROM commands WHERE name = ?1 RETURNING 1",
		 texts, err) < 0)
		return -1;
	return row ? 0 : error_set(err, ERROR_ABSENT, "no command '%s'", name);
}

/* Both there? */
static int find_both(struct registry *registry, const char *const texts[static 2],
		     struct error *err)
{
	const char *const command[] = { texts[0], NULL };
	const char *const repository[] = { texts[1], NULL };
	bool row = false;

	if (look(&row, registry, "SELECT 1 FROM commands WHERE name = ?1", command, err) <
	    0)
		return -1;
	if (!row)
		return error_set(err, ERROR_ABSENT, "no command '%s'", texts[0]);
	if (look(&row, registry, "SELECT 1 FROM repositories WHERE name = ?1", repository,
		 err) < 0)
		return -1;
	return row ? 0
		   : error_set(err, ERROR_ABSENT,
			       "no repository '%s': hookrecv add %s registers it",
			       texts[1], texts[1]);
}

/* An assignment is never changed, so one of another version stands in the way. */
static int check_version(struct registry *registry, const char *const texts[static 2],
			 const char *version, struct error *err)
{
	auto_statement struct db_statement statement = DB_STATEMENT_NONE;
	bool row = false;

	if (db_prepare(&statement, &registry->db,
		       "SELECT version FROM assignments"
		       " JOIN commands ON commands.id = command"
		       " JOIN repositories ON repositories.id = repository"
		       " WHERE commands.name = ?1 AND repositories.name = ?2",
		       err) < 0)
		return -1;
	db_bind_text(&statement, 1, texts[0]);
	db_bind_text(&statement, 2, texts[1]);
	if (db_step(&row, &statement, err) < 0)
		return -1;
	if (!row || str_equal(db_text(&statement, 0), version))
		return 0;
	return error_set(err, ERROR_DATA,
			 "'%s' is assigned to '%s' already, as another version: an "
			 "assignment is not changed, unassign it first",
			 texts[0], texts[1]);
}

int registry_assign_version(struct registry *registry, const char *command,
			    const char *repository, const char *version,
			    struct error *err)
{
	const char *const texts[] = { command, repository };
	auto_statement struct db_statement statement = DB_STATEMENT_NONE;

	if (find_both(registry, texts, err) < 0 ||
	    db_prepare(&statement, &registry->db,
		       "INSERT INTO assignments (command, repository, version)"
		       " SELECT commands.id, repositories.id, ?3" BOTH
		       " ON CONFLICT DO NOTHING",
		       err) < 0)
		return -1;
	db_bind_text(&statement, 1, command);
	db_bind_text(&statement, 2, repository);
	db_bind_text(&statement, 3, version);
	if (db_run(&statement, err) < 0)
		return -1;
	return check_version(registry, texts, version, err);
}

int registry_assign(struct registry *registry, const char *command,
		    const char *repository, struct error *err)
{
	return registry_assign_version(registry, command, repository, "", err);
}

int registry_unassign(struct registry *registry, const char *command,
		      const char *repository, struct error *err)
{
	const char *const texts[] = { command, repository };
	bool row = false;

	if (look(&row, registry,
		 "DELETE FROM assignments WHERE (command, repository) IN"
		 " (SELECT commands.id, repositories.id" BOTH ") RETURNING 1",
		 texts, err) < 0)
		return -1;
	return row ? 0
		   : error_set(err, ERROR_ABSENT, "'%s' is not assigned to '%s'", command,
			       repository);
}

int registry_assigned(struct buf *names, struct registry *registry, const char *command,
		      struct error *err)
{
	auto_statement struct db_statement statement = DB_STATEMENT_NONE;
	bool row = false;

	if (db_prepare(&statement, &registry->db,
		       "SELECT repositories.name FROM assignments"
		       " JOIN commands ON commands.id = command"
		       " JOIN repositories ON repositories.id = repository"
		       " WHERE commands.name = ?1 ORDER BY repositories.name",
		       err) < 0)
		return -1;
	db_bind_text(&statement, 1, command);
	while (db_step(&row, &statement, err) == 0) {
		if (!row)
			return 0;
		buf_add_str(names, db_text(&statement, 0));
		buf_add_char(names, '\n');
	}
	return -1;
}
