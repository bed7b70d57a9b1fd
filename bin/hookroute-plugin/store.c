#include "bin/hookroute-plugin/store.h"

#include <stdlib.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/str.h"

int store_open(struct store *store, const struct layout *layout, struct error *err)
{
	auto_store struct store opened = STORE_NONE;

	if (registry_open(&opened.registry, layout, err) < 0)
		return -1;
	opened.own = path_join(layout->state, "plugins");
	opened.dropped = path_join(layout->conf, "plugins.d");
	*store = opened;
	opened = (struct store)STORE_NONE;
	return 0;
}

void store_close(struct store *store)
{
	registry_close(&store->registry);
	free(store->own);
	free(store->dropped);
	store->own = NULL;
	store->dropped = NULL;
}

char *store_path(const struct store *store, const struct registry_plugin *plugin)
{
	return path_join(plugin->dropped ? store->dropped : store->own, plugin->file);
}

int store_check(enum store_state *state, const struct store *store,
		const struct registry_plugin *plugin, struct error *err)
{
	auto_sealed struct sealed sealed = SEALED_NONE;
	auto_free char *path = store_path(store, plugin);
	struct error problem = { 0 };

	if (sealed_open(&sealed, path, &problem) < 0) {
		/* What is no file any more, or a link, is not what was registered. */
		if (problem.kind != ERROR_ABSENT && problem.kind != ERROR_DATA) {
			*err = problem;
			return -1;
		}
		*state = problem.kind == ERROR_ABSENT ? STORE_MISSING : STORE_CHANGED;
		return 0;
	}
	*state = str_equal(sealed.digest, plugin->digest) ? STORE_READY : STORE_CHANGED;
	return 0;
}

const char *store_state_word(enum store_state state)
{
	static const char *const words[] = { "ready", "missing", "changed" };

	return words[state];
}

int store_find(struct registry_plugins *versions, struct store *store, const char *name,
	       struct error *err)
{
	const struct registry_page page = { .name = name };

	if (registry_plugin_list(versions, &store->registry, &page, err) < 0)
		return -1;
	if (versions->count)
		return 0;
	return error_set(err, ERROR_ABSENT,
			 "no plugin '%.100s': hookroute plugin list shows them", name);
}

int store_make(const struct store *store, struct error *err)
{
	return file_make_dirs(store->own, 0700, err);
}
