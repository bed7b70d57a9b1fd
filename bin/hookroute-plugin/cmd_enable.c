#include "bin/hookroute-plugin/commands.h"
#include "bin/hookroute-plugin/dropped.h"
#include "bin/hookroute-plugin/options.h"
#include "bin/hookroute-plugin/store.h"

static int enable(const struct options *options, const struct layout *layout,
		  bool enabled, struct error *err)
{
	auto_store struct store store = STORE_NONE;

	if (store_open(&store, layout, err) < 0 || dropped_load(&store, NULL, err) < 0)
		return -1;
	return registry_plugin_enable(&store.registry, options->operands[0], enabled,
				      err);
}

int cmd_enable(const struct options *options, const struct layout *layout,
	       struct error *err)
{
	return enable(options, layout, true, err);
}

int cmd_disable(const struct options *options, const struct layout *layout,
		struct error *err)
{
	return enable(options, layout, false, err);
}
