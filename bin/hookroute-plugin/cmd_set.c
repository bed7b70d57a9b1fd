#include <stdlib.h>

#include "bin/hookroute-plugin/commands.h"
#include "bin/hookroute-plugin/dropped.h"
#include "bin/hookroute-plugin/options.h"
#include "bin/hookroute-plugin/setting.h"
#include "bin/hookroute-plugin/store.h"
#include "lib/error.h"
#include "lib/str.h"

static void free_setting(struct registry_setting *setting)
{
	free(setting->plugin);
	free(setting->repository);
	free(setting->key);
	free(setting->value);
}

/* The value may be missing. */
static struct registry_setting make_setting(const struct options *options)
{
	const char *value = options->operand_count > 2 ? options->operands[2] : NULL;

	return (struct registry_setting){
		.plugin = str_dup(options->operands[0]),
		.repository = str_dup(options->repository),
		.key = str_dup(options->operands[1]),
		.value = str_dup(options->secret ? options->secret : value),
		.is_secret = options->secret != NULL,
	};
}

static int open_store(struct store *store, const struct registry_setting *setting,
		      const struct layout *layout, struct error *err)
{
	if (setting_check(setting, err) < 0 || store_open(store, layout, err) < 0)
		return -1;
	return dropped_load(store, NULL, err);
}

static int check(const struct options *options, struct error *err)
{
	if (options->secret && options->operand_count > 2)
		return error_set(err, ERROR_USAGE,
				 "either a value or --secret, not both");
	if (!options->secret && options->operand_count < 3)
		return error_set(err, ERROR_USAGE, "a value or --secret is missing");
	return 0;
}

int cmd_set(const struct options *options, const struct layout *layout, struct error *err)
{
	auto_store struct store store = STORE_NONE;
	struct registry_setting setting;
	int failed;

	if (check(options, err) < 0)
		return -1;
	setting = make_setting(options);
	failed = open_store(&store, &setting, layout, err);
	if (!failed)
		failed = registry_plugin_set(&store.registry, &setting, err);
	free_setting(&setting);
	return failed;
}

int cmd_unset(const struct options *options, const struct layout *layout,
	      struct error *err)
{
	auto_store struct store store = STORE_NONE;
	struct registry_setting setting = make_setting(options);
	int failed = open_store(&store, &setting, layout, err);

	if (!failed)
		failed = registry_plugin_unset(&store.registry, &setting, err);
	free_setting(&setting);
	return failed;
}
