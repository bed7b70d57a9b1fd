#include "lib/registry.h"

#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/str.h"

static const char *const migrations[] = {
	"CREATE TABLE repositories ("
	" id TEXT PRIMARY KEY,"
	" name TEXT NOT NULL UNIQUE,"
	" created_ms INTEGER NOT NULL"
	") WITHOUT ROWID;"
	"CREATE TABLE hooks ("
	" id TEXT PRIMARY KEY,"
	" repository TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,"
	" provider TEXT NOT NULL,"
	" url TEXT,"
	" max_body INTEGER NOT NULL,"
	" enabled INTEGER NOT NULL DEFAULT 1,"
	" created_ms INTEGER NOT NULL"
	") WITHOUT ROWID;"
	"CREATE INDEX hooks_by_repository ON hooks (repository);",
	"ALTER TABLE hooks ADD COLUMN forge TEXT;"
	"ALTER TABLE hooks ADD COLUMN app TEXT;",
	/* See registry_assign.h. */
	"CREATE TABLE commands ("
	" id TEXT PRIMARY KEY,"
	" name TEXT NOT NULL UNIQUE,"
	" created_ms INTEGER NOT NULL"
	") WITHOUT ROWID;"
	"CREATE TABLE assignments ("
	" command TEXT NOT NULL REFERENCES commands (id) ON DELETE CASCADE,"
	" repository TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,"
	" PRIMARY KEY (command, repository)"
	") WITHOUT ROWID;"
	"CREATE INDEX assignments_by_repository ON assignments (repository);"
	"CREATE TRIGGER assignments_stay BEFORE UPDATE ON assignments"
	" BEGIN SELECT RAISE(ABORT, 'an assignment is not changed'); END;",
	/* See registry_plugin.h. */
	"ALTER TABLE commands ADD COLUMN enabled INTEGER NOT NULL DEFAULT 1;"
	"ALTER TABLE assignments ADD COLUMN version TEXT NOT NULL DEFAULT '';"
	"CREATE TABLE versions ("
	" command TEXT NOT NULL REFERENCES commands (id) ON DELETE CASCADE,"
	" major INTEGER NOT NULL,"
	" minor INTEGER NOT NULL,"
	" patch INTEGER NOT NULL,"
	" digest TEXT NOT NULL,"
	" file TEXT NOT NULL,"
	" dropped INTEGER NOT NULL,"
	" size INTEGER NOT NULL,"
	" created_ms INTEGER NOT NULL,"
	" PRIMARY KEY (command, major, minor, patch)"
	") WITHOUT ROWID;"
	"CREATE TRIGGER versions_stay BEFORE UPDATE ON versions"
	" BEGIN SELECT RAISE(ABORT, 'a version is not changed'); END;"
	"CREATE TABLE settings ("
	" command TEXT NOT NULL REFERENCES commands (id) ON DELETE CASCADE,"
	" repository TEXT REFERENCES repositories (id) ON DELETE CASCADE,"
	" key TEXT NOT NULL,"
	" value TEXT NOT NULL,"
	" is_secret INTEGER NOT NULL"
	");"
	"CREATE UNIQUE INDEX settings_by_key"
	" ON settings (command, ifnull(repository, ''), key);"
	"CREATE INDEX settings_by_repository ON settings (repository);",
	/* See registry_schedule.h. */
	"CREATE TABLE schedules ("
	" id TEXT PRIMARY KEY,"
	" name TEXT NOT NULL UNIQUE,"
	" command TEXT UNIQUE REFERENCES commands (id) ON DELETE CASCADE,"
	" expression TEXT NOT NULL,"
	" timezone TEXT,"
	" jitter_ms INTEGER NOT NULL,"
	" repository TEXT,"
	" payload TEXT,"
	" started INTEGER NOT NULL,"
	" seen_ms INTEGER NOT NULL,"
	" due_ms INTEGER NOT NULL DEFAULT 0,"
	" ran_ms INTEGER NOT NULL DEFAULT 0,"
	" created_ms INTEGER NOT NULL"
	") WITHOUT ROWID;"
	"CREATE TABLE batches (id TEXT PRIMARY KEY, events TEXT NOT NULL);",
};

static const struct db_schema schema = { migrations,
					 sizeof(migrations) / sizeof(migrations[0]) };

#define HOOK_COLUMNS                                                                     \
	"SELECT hooks.id, name, provider, url, max_body, enabled, hooks.created_ms,"     \
	" forge, app"                                                                    \
	" FROM hooks JOIN repositories ON repositories.id = repository"

int registry_open(struct registry *registry, const struct layout *layout,
		  struct error *err)
{
	auto_free char *path = path_join(layout->state, "registry.db");

	if (file_make_dirs(layout->state, 0700, err) < 0)
		return -1;
	return db_open(&registry->db, path, &schema, err);
}

void registry_close(struct registry *registry)
{
	db_close(&registry->db);
}

static int add_repository(struct registry *registry, const struct registry_hook *hook,
			  struct error *err)
{
	auto_statement struct db_statement statement = DB_STATEMENT_NONE;
	char id[UUID_LEN];

	uuid_random(id);
	if (db_prepare(
		    &statement, &registry->db,
		    "INSERT INTO repositories VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
		    err) < 0)
		return -1;
	db_bind_text(&statement, 1, id);
	db_bind_text(&statement, 2, hook->name);
	db_bind_int(&statement, 3, hook->created_ms);
	return db_run(&statement, err);
}

static int add_hook(struct registry *registry, const struct registry_hook *hook,
		    struct error *err)
{
	auto_statement struct db_statement statement = DB_STATEMENT_NONE;

	if (db_prepare(&statement, &registry->db,
		       "INSERT INTO hooks SELECT ?1, id, ?3, ?4, ?5, ?6, ?7, NULL, NULL"
		       " FROM repositories WHERE name = ?2",
		       err) < 0)
		return -1;
	db_bind_text(&statement, 1, hook->id);
	db_bind_text(&statement, 2, hook->name);
	db_bind_text(&statement, 3, hook->provider);
	db_bind_text(&statement, 4, hook->url);
	db_bind_int(&statement, 5, (int64_t)hook->max_body);
	db_bind_int(&statement, 6, hook->enabled);
	db_bind_int(&statement, 7, hook->created_ms);
	return db_run(&statement, err);
}

static int add_both(struct registry *registry, const struct registry_hook *hook,
		    struct error *err)
{
	auto_registry_hook struct registry_hook old = REGISTRY_HOOK_EMPTY;
	bool found = false;

	if (registry_find(&old, &found, registry, hook->name, err) < 0)
		return -1;
	if (found)
		return error_set(err, ERROR_DATA, "'%s' has a hook already: %s",
				 hook->name, old.id);
	if (add_repository(registry, hook, err) < 0 || add_hook(registry, hook, err) < 0)
		return -1;
	return db_commit(&registry->db, err);
}

int registry_add(struct registry *registry, const struct registry_hook *hook,
		 struct error *err)
{
	if (db_begin(&registry->db, err) < 0)
		return -1;
	if (add_both(registry, hook, err) < 0) {
		db_rollback(&registry->db);
		return -1;
	}
	return 0;
}

static void read_hook(struct registry_hook *hook, const struct db_statement *row)
{
	struct str_view id = db_view(row, 0);

	memcpy(hook->id, id.data, id.len < UUID_LEN ? id.len : UUID_LEN - 1);
	hook->name = str_dup(db_text(row, 1));
	hook->provider = str_dup(db_text(row, 2));
	hook->url = str_dup(db_text(row, 3));
	hook->max_body = (uint64_t)db_int(row, 4);
	hook->enabled = db_int(row, 5) != 0;
	hook->created_ms = db_int(row, 6);
	hook->forge = str_dup(db_text(row, 7));
	hook->app = str_dup(db_text(row, 8));
}

int registry_find(struct registry_hook *hook, bool *found, struct registry *registry,
		  const char *key, struct error *err)
{
	auto_statement struct db_statement statement = DB_STATEMENT_NONE;

	if (db_prepare(&statement, &registry->db,
		       HOOK_COLUMNS " WHERE hooks.id = ?1 OR name = ?1", err) < 0)
		return -1;
	db_bind_text(&statement, 1, key);
	if (db_step(found, &statement, err) < 0)
		return -1;
	if (*found)
		read_hook(hook, &statement);
	return 0;
}

static void append(struct registry_hooks *hooks, const struct db_statement *row)
{
	struct registry_hook *grown =
		realloc(hooks->hooks, (hooks->count + 1) * sizeof(*hooks->hooks));

	if (!grown)
		abort();
	hooks->hooks = grown;
	grown[hooks->count] = (struct registry_hook)REGISTRY_HOOK_EMPTY;
	read_hook(&grown[hooks->count++], row);
}

int registry_list(struct registry_hooks *hooks, struct registry *registry,
		  struct error *err)
{
	auto_registry_hooks struct registry_hooks read = REGISTRY_HOOKS_EMPTY;
	auto_statement struct db_statement statement = DB_STATEMENT_NONE;
	bool row = true;

	if (db_prepare(&statement, &registry->db, HOOK_COLUMNS " ORDER BY hooks.id",
		       err) < 0)
		return -1;
	while (row) {
		if (db_step(&row, &statement, err) < 0)
			/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it is an auto_ */
			return -1;
		if (row)
			append(&read, &statement);
	}
	*hooks = read;
	read = (struct registry_hooks)REGISTRY_HOOKS_EMPTY;
	return 0;
}

static int run_with_id(struct registry *registry, const char *sql, const char *id,
		       struct error *err)
{
	auto_statement struct db_statement statement = DB_STATEMENT_NONE;

	if (db_prepare(&statement, &registry->db, sql, err) < 0)
		return -1;
	db_bind_text(&statement, 1, id);
	return db_run(&statement, err);
}

int registry_remove(struct registry *registry, const char *id, struct error *err)
{
	if (run_with_id(registry, "DELETE FROM hooks WHERE id = ?1", id, err) < 0)
		return -1;
	return db_execute(&registry->db,
			  "DELETE FROM repositories"
			  " WHERE id NOT IN (SELECT repository FROM hooks)",
			  err);
}

int registry_enable(struct registry *registry, const char *id, bool enabled,
		    struct error *err)
{
	return run_with_id(registry,
			   enabled ? "UPDATE hooks SET enabled = 1 WHERE id = ?1"
				   : "UPDATE hooks SET enabled = 0 WHERE id = ?1",
			   id, err);
}

int registry_set_forge(struct registry *registry, const struct registry_hook *hook,
		       struct error *err)
{
	auto_statement struct db_statement statement = DB_STATEMENT_NONE;

	if (db_prepare(&statement, &registry->db,
		       "UPDATE hooks SET forge = ?2, app = ?3, url = ?4 WHERE id = ?1",
		       err) < 0)
		return -1;
	db_bind_text(&statement, 1, hook->id);
	db_bind_text(&statement, 2, hook->forge);
	db_bind_text(&statement, 3, hook->app);
	db_bind_text(&statement, 4, hook->url);
	return db_run(&statement, err);
}

int registry_version(int64_t *version, struct registry *registry, struct error *err)
{
	return db_data_version(version, &registry->db, err);
}

void registry_hook_free(struct registry_hook *hook)
{
	free(hook->name);
	free(hook->provider);
	free(hook->url);
	free(hook->forge);
	free(hook->app);
	*hook = (struct registry_hook)REGISTRY_HOOK_EMPTY;
}

void registry_hooks_free(struct registry_hooks *hooks)
{
	size_t i;

	for (i = 0; i < hooks->count; i++)
		registry_hook_free(&hooks->hooks[i]);
	free(hooks->hooks);
	*hooks = (struct registry_hooks)REGISTRY_HOOKS_EMPTY;
}

char *registry_secret_name(const char *hook_id)
{
	return str_format("repository/%s_SECRET", hook_id);
}
