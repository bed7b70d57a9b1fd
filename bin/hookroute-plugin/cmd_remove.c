#include <errno.h>
#include <unistd.h>

#include "bin/hookroute-plugin/commands.h"
#include "bin/hookroute-plugin/dropped.h"
#include "bin/hookroute-plugin/options.h"
#include "bin/hookroute-plugin/reference.h"
#include "bin/hookroute-plugin/store.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/registry_assign.h"

static bool is_meant(const struct reference *reference,
		     const struct registry_plugin *plugin)
{
	return version_matches(&reference->version, &plugin->version);
}

/* What was dropped would be found again. */
static int remove_dropped(const struct store *store,
			  const struct registry_plugins *versions,
			  const struct reference *reference, struct error *err)
{
	size_t i;

	for (i = 0; i < versions->count; i++) {
		const struct registry_plugin *plugin = &versions->list[i];
		auto_free char *path = store_path(store, plugin);

		if (!plugin->dropped || !is_meant(reference, plugin))
			continue;
		if (unlink(path) < 0 && errno != ENOENT)
			return error_errno(err, "remove '%s' first", path);
	}
	return 0;
}

/* Nobody looks for these any more: one that stays does no harm. */
static void remove_own(const struct store *store, const struct registry_plugins *versions,
		       const struct reference *reference)
{
	size_t i;

	for (i = 0; i < versions->count; i++) {
		const struct registry_plugin *plugin = &versions->list[i];
		auto_free char *path = store_path(store, plugin);

		if (plugin->dropped || !is_meant(reference, plugin))
			continue;
		if (unlink(path) < 0 && errno != ENOENT)
			log_warning("remove '%s': %m, ignoring", path);
	}
}

static size_t count_meant(const struct registry_plugins *versions,
			  const struct reference *reference)
{
	size_t count = 0;
	size_t i;

	for (i = 0; i < versions->count; i++)
		count += is_meant(reference, &versions->list[i]);
	return count;
}

static int remove_rows(struct store *store, const struct registry_plugins *versions,
		       const struct reference *reference, struct error *err)
{
	size_t i;

	if (!reference->version.parts)
		return registry_command_remove(&store->registry, reference->name, err);
	for (i = 0; i < versions->count; i++) {
		if (is_meant(reference, &versions->list[i]) &&
		    registry_plugin_drop(&store->registry, &versions->list[i], err) < 0)
			return -1;
	}
	return 0;
}

static int check(const struct registry_plugins *versions,
		 const struct reference *reference, struct error *err)
{
	size_t meant = count_meant(versions, reference);

	if (!meant)
		return error_set(err, ERROR_ABSENT,
				 "no such version of '%s': hookroute plugin show %s "
				 "tells them",
				 reference->name, reference->name);
	if (reference->version.parts && meant == versions->count)
		return error_set(err, ERROR_DATA,
				 "'%s' has no other version: hookroute plugin remove %s",
				 reference->name, reference->name);
	return 0;
}

int cmd_remove(const struct options *options, const struct layout *layout,
	       struct error *err)
{
	auto_store struct store store = STORE_NONE;
	auto_plugins struct registry_plugins versions = { NULL, 0 };
	auto_reference struct reference reference = REFERENCE_EMPTY;

	if (reference_parse(&reference, options->operands[0], err) < 0 ||
	    store_open(&store, layout, err) < 0 || dropped_load(&store, NULL, err) < 0 ||
	    db_begin(&store.registry.db, err) < 0)
		return -1;
	if (store_find(&versions, &store, reference.name, err) < 0 ||
	    check(&versions, &reference, err) < 0 ||
	    remove_dropped(&store, &versions, &reference, err) < 0 ||
	    remove_rows(&store, &versions, &reference, err) < 0 ||
	    db_commit(&store.registry.db, err) < 0) {
		db_rollback(&store.registry.db);
		return -1;
	}
	remove_own(&store, &versions, &reference);
	return 0;
}
