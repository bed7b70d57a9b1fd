#ifndef LIB_REGISTRY_PLUGIN_H
#define LIB_REGISTRY_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/crypto.h"
#include "lib/version.h"

struct error;
struct registry;

/*
 * Plugins: commands (see registry_assign.h) that have versions, each a file pinned by its
 * SHA-256, and settings.  Versions are added and removed, and never changed.
 */
struct registry_plugin {
	char *name;
	bool enabled;
	struct version version;
	char digest[CRYPTO_SHA256_LEN * 2 + 1];
	char *file;   /* its name in the folder */
	bool dropped; /* into plugins.d by somebody; else it is ours, in the state folder */
	uint64_t size;
	int64_t created_ms;
};

/* Rows of any of the queries below; empty is all zeros. */
struct registry_plugins {
	struct registry_plugin *list; /* a row for each version, by name and version */
	size_t count;
};

struct registry_assignment {
	char *plugin;
	char *repository;
	struct version version; /* which ones; parts 0 is any */
};

struct registry_assignments {
	struct registry_assignment *list; /* by repository and plugin */
	size_t count;
};

struct registry_setting {
	char *plugin;
	char *repository; /* NULL: for all */
	char *key;
	char *value; /* or the secret's name in the vault */
	bool is_secret;
};

struct registry_settings {
	struct registry_setting *list; /* by plugin, those for all first, and key */
	size_t count;
};

#define auto_plugins __attribute__((cleanup(registry_plugins_free)))
#define auto_assignments __attribute__((cleanup(registry_assignments_free)))
#define auto_settings __attribute__((cleanup(registry_settings_free)))

/* Which plugins to list: the names behind after, up to limit of them.  Zeros are all. */
struct registry_page {
	const char *name; /* only this one; or NULL */
	const char *after;
	uint64_t limit;
};

/* Add a version; the plugin must be there (registry_command_add).  One that is there is
 * ERROR_DATA. */
int registry_plugin_add(struct registry *registry, const struct registry_plugin *plugin,
			struct error *err);

/* Take the version away; it must be there. */
int registry_plugin_drop(struct registry *registry, const struct registry_plugin *plugin,
			 struct error *err);

/* None of that name is ERROR_ABSENT. */
int registry_plugin_enable(struct registry *registry, const char *name, bool enabled,
			   struct error *err);

int registry_plugin_list(struct registry_plugins *plugins, struct registry *registry,
			 const struct registry_page *page, struct error *err);

/* Of the plugin, or of all when it is NULL. */
int registry_plugin_assignments(struct registry_assignments *assignments,
				struct registry *registry, const char *plugin,
				struct error *err);
int registry_plugin_settings(struct registry_settings *settings,
			     struct registry *registry, const char *plugin,
			     struct error *err);

/* Put the setting in place of an old one.  No such plugin or repository is ERROR_ABSENT. */
int registry_plugin_set(struct registry *registry, const struct registry_setting *setting,
			struct error *err);

/* What was not set is ERROR_ABSENT; value is not looked at. */
int registry_plugin_unset(struct registry *registry,
			  const struct registry_setting *setting, struct error *err);

void registry_plugins_free(struct registry_plugins *plugins);
void registry_assignments_free(struct registry_assignments *assignments);
void registry_settings_free(struct registry_settings *settings);

#endif
