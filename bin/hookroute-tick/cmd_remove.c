#include "bin/hookroute-tick/commands.h"
#include "bin/hookroute-tick/options.h"
#include "lib/layout.h"
#include "lib/registry.h"
#include "lib/registry_schedule.h"

int cmd_remove(const struct options *options, const struct layout *layout,
	       struct error *err)
{
	auto_registry struct registry registry = REGISTRY_NONE;

	if (registry_open(&registry, layout, err) < 0)
		return -1;
	return registry_schedule_remove(&registry, options->operands[0], err);
}
