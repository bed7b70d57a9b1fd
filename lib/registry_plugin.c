#include "lib/registry_plugin.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/error.h"
#include "lib/registry.h"
#include "lib/str.h"

int registry_plugin_add(struct registry *registry, const struct registry_plugin *plugin,
			struct error *err)
{
	auto_statement struct db_statement statement = DB_STATEMENT_NONE;
	char version[VERSION_LEN];
	bool row = false;
	int i;

	version_format(version, &plugin->version);
	if (db_prepare(
		    &statement, &registry->db,
		    "INSERT INTO versions SELECT id, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9"
		    " FROM commands WHERE name = ?1 ON CONFLICT DO NOTHING RETURNING 1",
		    err) < 0)
		return -1;
	db_bind_text(&statement, 1, plugin->name);
	for (i = 0; i < 3; i++)
		db_bind_int(&statement, 2 + i, plugin->version.numbers[i]);
	db_bind_text(&statement, 5, plugin->digest);
	db_bind_text(&statement, 6, plugin->file);
	db_bind_int(&statement, 7, plugin->dropped);
	db_bind_int(&statement, 8, (int64_t)plugin->size);
	db_bind_int(&statement, 9, plugin->created_ms);
	if (db_step(&row, &statement, err) < 0)
		return -1;
	if (!row)
		return error_set(err, ERROR_DATA, "there is a %s@%s already",
				 plugin->name, version);
	return db_run(&statement, err);
}

int registry_plugin_drop(struct registry *registry, const struct registry_plugin *plugin,
			 struct error *err)
{
	auto_statement struct db_statement statement = DB_STATEMENT_NONE;
	int i;

	if (db_prepare(&statement, &registry->db,
		       "DELETE FROM versions"
		       " WHERE command = (SELECT id FROM commands WHERE name = ?1)"
		       " AND major = ?2 AND minor = ?3 AND patch = ?4",
		       err) < 0)
		return -1;
	db_bind_text(&statement, 1, plugin->name);
	for (i = 0; i < 3; i++)
		db_bind_int(&statement, 2 + i, plugin->version.numbers[i]);
	return db_run(&statement, err);
}

int registry_plugin_enable(struct registry *registry, const char *name, bool enabled,
			   struct error *err)
{
	auto_statement struct db_statement statement = DB_STATEMENT_NONE;
	bool row = false;

	if (db_prepare(&statement, &registry->db,
		       "UPDATE commands SET enabled = ?2 WHERE name = ?1 RETURNING 1",
		       err) < 0)
		return -1;
	db_bind_text(&statement, 1, name);
	db_bind_int(&statement, 2, enabled);
	if (db_step(&row, &statement, err) < 0)
		return -1;
	if (!row)
		return error_set(err, ERROR_ABSENT, "no plugin '%s'", name);
	return db_run(&statement, err);
}

static void *grown(void *list, size_t count, size_t size)
{
	void *longer = realloc(list, (count + 1) * size);

	if (!longer)
		abort();
	return longer;
}

static void add_plugin(void *list, const struct db_statement *row)
{
	struct registry_plugins *plugins = list;
	struct registry_plugin *plugin;
	int i;

	plugins->list = grown(plugins->list, plugins->count, sizeof(*plugins->list));
	plugin = &plugins->list[plugins->count++];
	*plugin = (struct registry_plugin){ .name = str_dup(db_text(row, 0)),
					    .enabled = db_int(row, 1) != 0,
					    .version = { .parts = 3 },
					    .file = str_dup(db_text(row, 6)),
					    .dropped = db_int(row, 7) != 0,
					    .size = (uint64_t)db_int(row, 8),
					    .created_ms = db_int(row, 9) };
	for (i = 0; i < 3; i++)
		plugin->version.numbers[i] = (uint32_t)db_int(row, 2 + i);
	snprintf(plugin->digest, sizeof(plugin->digest), "%s", db_text(row, 5));
}

static void add_assignment(void *list, const struct db_statement *row)
{
	struct registry_assignments *assignments = list;
	struct registry_assignment *assignment;

	assignments->list =
		grown(assignments->list, assignments->count, sizeof(*assignments->list));
	assignment = &assignments->list[assignments->count++];
	*assignment = (struct registry_assignment){ str_dup(db_text(row, 0)),
						    str_dup(db_text(row, 1)),
						    { { 0, 0, 0 }, 0 } };
	/* What is no version was not written by us; it stands for any. */
	(void)version_parse(&assignment->version, db_text(row, 2));
}

static void add_setting(void *list, const struct db_statement *row)
{
	struct registry_settings *settings = list;

	settings->list = grown(settings->list, settings->count, sizeof(*settings->list));
	settings->list[settings->count++] = (struct registry_setting){
		str_dup(db_text(row, 0)), str_dup(db_text(row, 1)),
		str_dup(db_text(row, 2)), str_dup(db_text(row, 3)), db_int(row, 4) != 0
	};
}

static int read_rows(struct db_statement *statement,
		     void (*add)(void *list, const struct db_statement *row), void *list,
		     struct error *err)
{
	bool row = true;

	while (row) {
		if (db_step(&row, statement, err) < 0)
			return -1;
		if (row)
			add(list, statement);
	}
	return 0;
}

int registry_plugin_list(struct registry_plugins *plugins, struct registry *registry,
			 const struct registry_page *page, struct error *err)
{
	auto_plugins struct registry_plugins read = { NULL, 0 };
	auto_statement struct db_statement statement = DB_STATEMENT_NONE;

	if (db_prepare(&statement, &registry->db,
		       "SELECT name, enabled, major, minor, patch, digest, file, dropped,"
		       " size, versions.created_ms"
		       " FROM versions JOIN commands ON commands.id = command"
		       " WHERE name IN (SELECT name FROM commands"
		       "  WHERE (?1 IS NULL OR name = ?1) AND (?2 IS NULL OR name > ?2)"
		       "  AND id IN (SELECT command FROM versions)"
		       "  ORDER BY name LIMIT ?3)"
		       " ORDER BY name, major, minor, patch",
		       err) < 0)
		return -1;
	db_bind_text(&statement, 1, page->name);
	db_bind_text(&statement, 2, page->after);
	db_bind_int(&statement, 3, page->limit ? (int64_t)page->limit : -1);
	if (read_rows(&statement, add_plugin, &read, err) < 0)
		return -1;
	*plugins = read;
	read = (struct registry_plugins){ NULL, 0 };
	return 0;
}

int registry_plugin_assignments(struct registry_assignments *assignments,
				struct registry *registry, const char *plugin,
				struct error *err)
{
	auto_assignments struct registry_assignments read = { NULL, 0 };
	auto_statement struct db_statement statement = DB_STATEMENT_NONE;

	if (db_prepare(&statement, &registry->db,
		       "SELECT commands.name, repositories.name, version FROM assignments"
		       " JOIN commands ON commands.id = command"
		       " JOIN repositories ON repositories.id = repository"
		       " WHERE ?1 IS NULL OR commands.name = ?1"
		       " ORDER BY repositories.name, commands.name",
		       err) < 0)
		return -1;
	db_bind_text(&statement, 1, plugin);
	if (read_rows(&statement, add_assignment, &read, err) < 0)
		return -1;
	*assignments = read;
	read = (struct registry_assignments){ NULL, 0 };
	return 0;
}

int registry_plugin_settings(struct registry_settings *settings,
			     struct registry *registry, const char *plugin,
			     struct error *err)
{
	auto_settings struct registry_settings read = { NULL, 0 };
	auto_statement struct db_statement statement = DB_STATEMENT_NONE;

	if (db_prepare(&statement, &registry->db,
		       "SELECT commands.name, repositories.name, key, value, is_secret"
		       " FROM settings JOIN commands ON commands.id = command"
		       " LEFT JOIN repositories ON repositories.id = repository"
		       " WHERE ?1 IS NULL OR commands.name = ?1"
		       " ORDER BY commands.name, repositories.name, key",
		       err) < 0)
		return -1;
	db_bind_text(&statement, 1, plugin);
	if (read_rows(&statement, add_setting, &read, err) < 0)
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it is an auto_ */
		return -1;
	*settings = read;
	read = (struct registry_settings){ NULL, 0 };
	return 0;
}

static int find_id(char id[static UUID_LEN], struct registry *registry, const char *sql,
		   const char *name, struct error *err)
{
	auto_statement struct db_statement statement = DB_STATEMENT_NONE;
	bool row = false;

	if (db_prepare(&statement, &registry->db, sql, err) < 0)
		return -1;
	db_bind_text(&statement, 1, name);
	if (db_step(&row, &statement, err) < 0)
		return -1;
	if (!row)
		return error_set(err, ERROR_ABSENT, "'%s' is not registered", name);
	snprintf(id, UUID_LEN, "%s", db_text(&statement, 0));
	return 0;
}

/* Binds ?1 and ?2: the plugin's id, and the repository's or null. */
static int bind_place(struct db_statement *statement, struct registry *registry,
		      const struct registry_setting *setting, struct error *err)
{
	char id[UUID_LEN];

	if (find_id(id, registry, "SELECT id FROM commands WHERE name = ?1",
		    setting->plugin, err) < 0)
		return -1;
	db_bind_text(statement, 1, id);
	db_bind_null(statement, 2);
	if (!setting->repository)
		return 0;
	if (find_id(id, registry, "SELECT id FROM repositories WHERE name = ?1",
		    setting->repository, err) < 0)
		return -1;
	db_bind_text(statement, 2, id);
	return 0;
}

int registry_plugin_set(struct registry *registry, const struct registry_setting *setting,
			struct error *err)
{
	auto_statement struct db_statement statement = DB_STATEMENT_NONE;

	if (db_prepare(&statement, &registry->db,
		       "INSERT INTO settings VALUES (?1, ?2, ?3, ?4, ?5)"
		       " ON CONFLICT DO UPDATE SET value = excluded.value,"
		       " is_secret = excluded.is_secret",
		       err) < 0 ||
	    bind_place(&statement, registry, setting, err) < 0)
		return -1;
	db_bind_text(&statement, 3, setting->key);
	db_bind_text(&statement, 4, setting->value);
	db_bind_int(&statement, 5, setting->is_secret);
	return db_run(&statement, err);
}

int registry_plugin_unset(struct registry *registry,
			  const struct registry_setting *setting, struct error *err)
{
	auto_statement struct db_statement statement = DB_STATEMENT_NONE;
	bool row = false;

	if (db_prepare(&statement, &registry->db,
		       "DELETE FROM settings WHERE command = ?1 AND repository IS ?2"
		       " AND key = ?3 RETURNING 1",
		       err) < 0 ||
	    bind_place(&statement, registry, setting, err) < 0)
		return -1;
	db_bind_text(&statement, 3, setting->key);
	if (db_step(&row, &statement, err) < 0)
		return -1;
	if (!row)
		return error_set(err, ERROR_ABSENT, "'%s' has no setting %s",
				 setting->plugin, setting->key);
	return db_run(&statement, err);
}

void registry_plugins_free(struct registry_plugins *plugins)
{
	size_t i;

	for (i = 0; i < plugins->count; i++) {
		free(plugins->list[i].name);
		free(plugins->list[i].file);
	}
	free(plugins->list);
	*plugins = (struct registry_plugins){ NULL, 0 };
}

void registry_assignments_free(struct registry_assignments *assignments)
{
	size_t i;

	for (i = 0; i < assignments->count; i++) {
		free(assignments->list[i].plugin);
		free(assignments->list[i].repository);
	}
	free(assignments->list);
	*assignments = (struct registry_assignments){ NULL, 0 };
}

void registry_settings_free(struct registry_settings *settings)
{
	size_t i;

	for (i = 0; i < settings->count; i++) {
		free(settings->list[i].plugin);
		free(settings->list[i].repository);
		free(settings->list[i].key);
		free(settings->list[i].value);
	}
	free(settings->list);
	*settings = (struct registry_settings){ NULL, 0 };
}
