#include "bin/hookroute-plugin/lookup.h"

#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/error.h"

static void forget(struct lookup *lookup)
{
	registry_plugins_free(&lookup->plugins);
	registry_assignments_free(&lookup->assignments);
	registry_settings_free(&lookup->settings);
	free(lookup->files);
	lookup->files = NULL;
	lookup->version = -1;
}

static int read_all(struct lookup *lookup, struct error *err)
{
	struct registry *registry = &lookup->store->registry;
	const struct registry_page all = { .name = NULL };

	if (registry_plugin_list(&lookup->plugins, registry, &all, err) < 0 ||
	    registry_plugin_assignments(&lookup->assignments, registry, NULL, err) < 0 ||
	    registry_plugin_settings(&lookup->settings, registry, NULL, err) < 0)
		return -1;
	lookup->files = calloc(lookup->plugins.count + 1, sizeof(*lookup->files));
	if (!lookup->files)
		abort();
	return 0;
}

int lookup_refresh(struct lookup *lookup, struct error *err)
{
	int64_t version = 0;

	/* The number is read first: what changes meanwhile is read again. */
	if (registry_version(&version, &lookup->store->registry, err) < 0)
		return -1;
	if (version == lookup->version)
		return 0;
	forget(lookup);
	if (read_all(lookup, err) < 0) {
		forget(lookup);
		return -1;
	}
	lookup->version = version;
	return 0;
}

static int compare(struct str_view wanted, const char *name)
{
	size_t len = strlen(name);
	int order = memcmp(wanted.data, name, wanted.len < len ? wanted.len : len);

	if (order || wanted.len == len)
		return order;
	return wanted.len < len ? -1 : 1;
}

const struct registry_assignment *
lookup_assigned(size_t *count, const struct lookup *lookup, struct str_view repository)
{
	const struct registry_assignment *list = lookup->assignments.list;
	size_t low = 0;
	size_t high = lookup->assignments.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(repository, list[middle].repository) > 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (high = low; high < lookup->assignments.count; high++) {
		if (!str_view_equal(repository, list[high].repository))
			break;
	}
	*count = high - low;
	return *count ? list + low : NULL;
}

const struct registry_plugin *lookup_version(const struct lookup *lookup,
					     const struct registry_assignment *assignment)
{
	const struct registry_plugin *best = NULL;
	size_t i;

	for (i = 0; i < lookup->plugins.count; i++) {
		const struct registry_plugin *plugin = &lookup->plugins.list[i];

		/* They are in the order of their versions. */
		if (str_equal(plugin->name, assignment->plugin) &&
		    version_matches(&assignment->version, &plugin->version))
			best = plugin;
	}
	return best;
}

const struct registry_setting *lookup_settings(size_t *count, const struct lookup *lookup,
					       const char *plugin)
{
	const struct registry_setting *list = lookup->settings.list;
	size_t first = 0;
	size_t end;

	while (first < lookup->settings.count && !str_equal(list[first].plugin, plugin))
		first++;
	end = first;
	while (end < lookup->settings.count && str_equal(list[end].plugin, plugin))
		end++;
	*count = end - first;
	return *count ? list + first : NULL;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	       a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	       a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* Whoever executes it looks at its bytes again. */
int lookup_state(enum store_state *state, struct lookup *lookup,
		 const struct registry_plugin *plugin, struct error *err)
{
	struct lookup_file *file = &lookup->files[plugin - lookup->plugins.list];
	auto_free char *path = store_path(lookup->store, plugin);
	struct stat status = { 0 };

	if (lstat(path, &status) == 0 && file->is_known &&
	    is_same(&status, &file->status)) {
		*state = file->state;
		return 0;
	}
	file->is_known = false;
	if (store_check(&file->state, lookup->store, plugin, err) < 0)
		return -1;
	file->is_known = true;
	file->status = status;
	*state = file->state;
	return 0;
}

void lookup_free(struct lookup *lookup)
{
	forget(lookup);
}
