#include <stdlib.h>

#include "bin/hookroute-plugin/commands.h"
#include "bin/hookroute-plugin/dropped.h"
#include "bin/hookroute-plugin/install.h"
#include "bin/hookroute-plugin/options.h"
#include "bin/hookroute-plugin/program.h"
#include "bin/hookroute-plugin/store.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/registry_assign.h"
#include "lib/str.h"

static int add_new(struct store *store, struct registry_plugin *plugin,
		   const struct sealed *program, struct error *err)
{
	auto_plugins struct registry_plugins versions = { NULL, 0 };
	const struct registry_page page = { .name = plugin->name };

	if (registry_plugin_list(&versions, &store->registry, &page, err) < 0)
		return -1;
	if (versions.count)
		return error_set(err, ERROR_DATA,
				 "plugin '%s' exists: hookroute plugin update %s FILE",
				 plugin->name, plugin->name);
	if (registry_command_add(&store->registry, plugin->name, date_now_ms(), err) < 0)
		return -1;
	return install_version(store, plugin, program, err);
}

static int in_transaction(struct store *store, struct registry_plugin *plugin,
			  const struct sealed *program, struct error *err)
{
	if (db_begin(&store->registry.db, err) < 0)
		return -1;
	if (add_new(store, plugin, program, err) < 0 ||
	    db_commit(&store->registry.db, err) < 0) {
		db_rollback(&store->registry.db);
		return -1;
	}
	return 0;
}

int cmd_add(const struct options *options, const struct layout *layout, struct error *err)
{
	auto_store struct store store = STORE_NONE;
	auto_sealed struct sealed program = SEALED_NONE;
	auto_free char *name = str_dup(options->operands[0]);
	struct registry_plugin plugin = { .name = name, .version = { { 1, 0, 0 }, 3 } };
	int failed;

	if (dropped_check_name(name, err) < 0 || store_open(&store, layout, err) < 0 ||
	    dropped_load(&store, NULL, err) < 0 ||
	    program_take(&program, options->operands[1], err) < 0)
		return -1;
	if (options->version.parts)
		plugin.version = options->version;
	failed = in_transaction(&store, &plugin, &program, err);
	free(plugin.file);
	return failed ? -1 : install_tell(&plugin, err);
}
