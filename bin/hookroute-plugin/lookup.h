#ifndef BIN_HOOKROUTE_PLUGIN_LOOKUP_H
#define BIN_HOOKROUTE_PLUGIN_LOOKUP_H

#include <stdbool.h>
#include <sys/stat.h>

#include "bin/hookroute-plugin/store.h"
#include "lib/str.h"

struct error;

/*
 * Which plugins are for a repository: the registry's rows in memory, read again when it has
 * changed, and what was found out about the files, looked at again when they have changed.
 */
struct lookup {
	struct store *store;
	int64_t version; /* of the registry; -1 before it was read */
	struct registry_plugins plugins;
	struct registry_assignments assignments;
	struct registry_settings settings;
	struct lookup_file *files; /* one for each of plugins */
};

struct lookup_file {
	bool is_known;
	struct stat status;
	enum store_state state;
};

#define LOOKUP(opened)                                                                   \
	{                                                                                \
		.store = (opened), .version = -1                                         \
	}
#define auto_lookup __attribute__((cleanup(lookup_free)))

/* Read what has changed. */
int lookup_refresh(struct lookup *lookup, struct error *err);

/* The assignments of a repository: *count of them. */
const struct registry_assignment *
lookup_assigned(size_t *count, const struct lookup *lookup, struct str_view repository);

/* The newest version that an assignment stands for; NULL when there is none. */
const struct registry_plugin *
lookup_version(const struct lookup *lookup, const struct registry_assignment *assignment);

/* The settings of a plugin, for all repositories and for each: *count of them. */
const struct registry_setting *lookup_settings(size_t *count, const struct lookup *lookup,
					       const char *plugin);

/* plugin: one of ours. */
int lookup_state(enum store_state *state, struct lookup *lookup,
		 const struct registry_plugin *plugin, struct error *err);

void lookup_free(struct lookup *lookup);

#endif
