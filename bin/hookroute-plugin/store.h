#ifndef BIN_HOOKROUTE_PLUGIN_STORE_H
#define BIN_HOOKROUTE_PLUGIN_STORE_H

#include "lib/registry.h"
#include "lib/registry_plugin.h"
#include "lib/sealed.h"

struct error;
struct layout;

/*
 * Where plugins are: their rows in the registry, and their files.  Those that `plugin add` and
 * `plugin update` have taken are <state>/plugins/NAME@VERSION; those that were dropped stay where
 * they are, <conf>/plugins.d/NAME.
 */
struct store {
	struct registry registry;
	char *own;
	char *dropped;
};

#define STORE_NONE                                                                       \
	{                                                                                \
		REGISTRY_NONE, NULL, NULL                                                \
	}
#define auto_store __attribute__((cleanup(store_close)))

enum store_state { STORE_READY, STORE_MISSING, STORE_CHANGED };

/* Opens the registry; makes no folder for plugins. */
int store_open(struct store *store, const struct layout *layout, struct error *err);
void store_close(struct store *store);

/* Where the version's file is; the caller frees it. */
char *store_path(const struct store *store, const struct registry_plugin *plugin);

/* What has become of the version's file: are its bytes those that were registered? */
int store_check(enum store_state *state, const struct store *store,
		const struct registry_plugin *plugin, struct error *err);
const char *store_state_word(enum store_state state);

/* All versions of the plugin; none is ERROR_ABSENT. */
int store_find(struct registry_plugins *versions, struct store *store, const char *name,
	       struct error *err);

/* Make the folder of our own files, by whose presence hookroute knows that there are plugins. */
int store_make(const struct store *store, struct error *err);

#endif
