#include <unistd.h>

#include "bin/hookroute-plugin/commands.h"
#include "bin/hookroute-plugin/dropped.h"
#include "bin/hookroute-plugin/options.h"
#include "bin/hookroute-plugin/print.h"
#include "bin/hookroute-plugin/setting.h"
#include "bin/hookroute-plugin/store.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_write.h"
#include "lib/str.h"

enum { VERSIONS_MAX = 1024 };

/* All that is known about a plugin. */
struct portrait {
	const struct store *store;
	struct registry_plugins versions;
	struct registry_assignments assignments;
	struct registry_settings settings;
	enum store_state states[VERSIONS_MAX]; /* of the newest so many versions */
};

#define auto_portrait __attribute__((cleanup(free_portrait)))

static void free_portrait(struct portrait *portrait)
{
	registry_plugins_free(&portrait->versions);
	registry_assignments_free(&portrait->assignments);
	registry_settings_free(&portrait->settings);
}

static const struct registry_plugin *newest(const struct portrait *portrait)
{
	return &portrait->versions.list[portrait->versions.count - 1];
}

static size_t first_shown(const struct portrait *portrait)
{
	size_t count = portrait->versions.count;

	return count > VERSIONS_MAX ? count - VERSIONS_MAX : 0;
}

static enum store_state state_of(const struct portrait *portrait, size_t i)
{
	return portrait->states[i - first_shown(portrait)];
}

static void write_versions(struct json_writer *writer, const struct portrait *portrait)
{
	size_t i;

	json_write_array(writer, "versions");
	for (i = first_shown(portrait); i < portrait->versions.count; i++) {
		const struct registry_plugin *plugin = &portrait->versions.list[i];
		auto_free char *path = store_path(portrait->store, plugin);
		char version[VERSION_LEN];
		char created[DATE_LEN];

		version_format(version, &plugin->version);
		date_format(created, plugin->created_ms);
		json_write_object(writer, NULL);
		json_write_string(writer, "version", version);
		json_write_string(writer, "state",
				  store_state_word(state_of(portrait, i)));
		json_write_string(writer, "sha256", plugin->digest);
		json_write_string(writer, "file", path);
		json_write_string(writer, "created_at", created);
		json_write_object_end(writer);
	}
	json_write_array_end(writer);
}

static void write_repositories(struct json_writer *writer,
			       const struct portrait *portrait)
{
	size_t i;

	json_write_array(writer, "repositories");
	for (i = 0; i < portrait->assignments.count; i++) {
		const struct registry_assignment *row = &portrait->assignments.list[i];
		char version[VERSION_LEN];

		version_format(version, &row->version);
		json_write_object(writer, NULL);
		json_write_string(writer, "name", row->repository);
		json_write_string(writer, "version", *version ? version : NULL);
		json_write_object_end(writer);
	}
	json_write_array_end(writer);
}

static void write_settings(struct json_writer *writer, const struct portrait *portrait)
{
	size_t i;

	json_write_array(writer, "settings");
	for (i = 0; i < portrait->settings.count; i++) {
		const struct registry_setting *setting = &portrait->settings.list[i];

		json_write_object(writer, NULL);
		json_write_string(writer, "key", setting->key);
		json_write_string(writer, "repository", setting->repository);
		json_write_string(writer, setting->is_secret ? "secret" : "value",
				  setting->value);
		json_write_object_end(writer);
	}
	json_write_array_end(writer);
}

static void show_json(struct buf *out, const struct portrait *portrait)
{
	struct json_writer writer = JSON_WRITER(out);
	const struct print_facts facts = { newest(portrait), portrait->assignments.count,
					   state_of(portrait,
						    portrait->versions.count - 1) };

	json_write_object(&writer, NULL);
	print_members(&writer, &facts);
	write_versions(&writer, portrait);
	write_repositories(&writer, portrait);
	write_settings(&writer, portrait);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

static void show_versions(struct buf *out, const struct portrait *portrait)
{
	size_t i;

	for (i = first_shown(portrait); i < portrait->versions.count; i++) {
		const struct registry_plugin *plugin = &portrait->versions.list[i];
		auto_free char *path = store_path(portrait->store, plugin);
		char version[VERSION_LEN];

		version_format(version, &plugin->version);
		buf_add_format(out, "version:    %s, %s, %s\n              sha256 %s\n",
			       version, store_state_word(state_of(portrait, i)), path,
			       plugin->digest);
	}
}

static void show_text(struct buf *out, const struct portrait *portrait)
{
	size_t i;

	buf_add_format(out, "name:       %s%s\n", newest(portrait)->name,
		       newest(portrait)->enabled ? "" : ", disabled");
	show_versions(out, portrait);
	for (i = 0; i < portrait->assignments.count; i++) {
		const struct registry_assignment *row = &portrait->assignments.list[i];
		char version[VERSION_LEN];

		version_format(version, &row->version);
		buf_add_format(out, "repository: %s%s%s\n", row->repository,
			       *version ? ", version " : "", version);
	}
	for (i = 0; i < portrait->settings.count; i++) {
		const struct registry_setting *row = &portrait->settings.list[i];
		const char *prefix =
			setting_is_variable(row->key) ? setting_prefix(row) : "";

		buf_add_format(out, "setting:    %s%s%s%s%s%s\n", prefix, row->key,
			       row->is_secret ? " from the vault's " : "=", row->value,
			       row->repository ? ", for " : "",
			       row->repository ? row->repository : "");
	}
}

static int read_portrait(struct portrait *portrait, struct store *store, const char *name,
			 struct error *err)
{
	size_t first;
	size_t i;

	portrait->store = store;
	if (store_find(&portrait->versions, store, name, err) < 0 ||
	    registry_plugin_assignments(&portrait->assignments, &store->registry, name,
					err) < 0 ||
	    registry_plugin_settings(&portrait->settings, &store->registry, name, err) <
		    0)
		return -1;
	first = first_shown(portrait);
	for (i = first; i < portrait->versions.count; i++) {
		if (store_check(&portrait->states[i - first], store,
				&portrait->versions.list[i], err) < 0)
			return -1;
	}
	return 0;
}

int cmd_show(const struct options *options, const struct layout *layout,
	     struct error *err)
{
	auto_store struct store store = STORE_NONE;
	auto_portrait struct portrait portrait = { .store = NULL };
	auto_buf struct buf out = BUF_EMPTY;

	if (store_open(&store, layout, err) < 0 || dropped_load(&store, NULL, err) < 0 ||
	    read_portrait(&portrait, &store, options->operands[0], err) < 0)
		return -1;
	if (options->json || !isatty(STDOUT_FILENO))
		show_json(&out, &portrait);
	else
		show_text(&out, &portrait);
	return file_write(STDOUT_FILENO, buf_str(&out), out.len, "standard output", err);
}
