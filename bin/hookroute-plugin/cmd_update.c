#include <stdlib.h>
#include <string.h>

#include "bin/hookroute-plugin/commands.h"
#include "bin/hookroute-plugin/dropped.h"
#include "bin/hookroute-plugin/install.h"
#include "bin/hookroute-plugin/options.h"
#include "bin/hookroute-plugin/program.h"
#include "bin/hookroute-plugin/store.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/str.h"

/* The next compatible one. */
static void choose_version(struct version *version, const struct version *newest)
{
	*version = *newest;
	version->numbers[1]++;
	version->numbers[2] = 0;
}

static const struct registry_plugin *find_version(const struct registry_plugins *versions,
						  const struct version *version)
{
	size_t i;

	for (i = 0; i < versions->count; i++) {
		if (version_compare(&versions->list[i].version, version) == 0)
			return &versions->list[i];
	}
	return NULL;
}

/* The same bytes under the same version are fine, and go back to where they were. */
static int same_again(struct store *store, struct registry_plugin *plugin,
		      const struct registry_plugin *old, const struct sealed *program,
		      struct error *err)
{
	char version[VERSION_LEN];

	version_format(version, &old->version);
	if (!str_equal(old->digest, program->digest))
		return error_set(err, ERROR_DATA,
				 "%s@%s exists with other bytes, and a version is never "
				 "changed: give it another --version",
				 old->name, version);
	memcpy(plugin->digest, old->digest, sizeof(old->digest));
	return install_again(store, old, program, err);
}

static void tell_major(const struct version *newest, const struct version *version,
		       const char *name)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): there is one, or no newest */
	if (version->numbers[0] == newest->numbers[0])
		return;
	log_notice("version %u of '%s' need not be compatible with %u: what is assigned "
		   "as %s@%u stays with that",
		   version->numbers[0], name, newest->numbers[0], name,
		   newest->numbers[0]);
}

static int add_version(struct store *store, struct registry_plugin *plugin,
		       const struct sealed *program, struct error *err)
{
	auto_plugins struct registry_plugins versions = { NULL, 0 };
	const struct registry_page page = { .name = plugin->name };
	const struct registry_plugin *old;
	const struct version *newest;

	if (registry_plugin_list(&versions, &store->registry, &page, err) < 0)
		return -1;
	if (!versions.count)
		return error_set(err, ERROR_ABSENT,
				 "no plugin '%s': hookroute plugin add %s FILE",
				 plugin->name, plugin->name);
	newest = &versions.list[versions.count - 1].version;
	if (!plugin->version.parts)
		choose_version(&plugin->version, newest);
	old = find_version(&versions, &plugin->version);
	if (old)
		return same_again(store, plugin, old, program, err);
	tell_major(newest, &plugin->version, plugin->name);
	return install_version(store, plugin, program, err);
}

int cmd_update(const struct options *options, const struct layout *layout,
	       struct error *err)
{
	auto_store struct store store = STORE_NONE;
	auto_sealed struct sealed program = SEALED_NONE;
	auto_free char *name = str_dup(options->operands[0]);
	struct registry_plugin plugin = { .name = name, .version = options->version };
	int failed = -1;

	if (dropped_check_name(name, err) < 0 || store_open(&store, layout, err) < 0 ||
	    dropped_load(&store, NULL, err) < 0 ||
	    program_take(&program, options->operands[1], err) < 0 ||
	    db_begin(&store.registry.db, err) < 0)
		return -1;
	if (add_version(&store, &plugin, &program, err) == 0)
		failed = db_commit(&store.registry.db, err);
	if (failed)
		db_rollback(&store.registry.db);
	free(plugin.file);
	return failed ? -1 : install_tell(&plugin, err);
}
