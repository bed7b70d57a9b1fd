#include "bin/hookroute/commands.h"
#include "bin/hookroute/options.h"
#include "bin/hookroute/router.h"

int cmd_run(const struct options *options, const struct layout *layout, struct error *err)
{
	const struct router_options how = { options->jobs, true };

	return router_run(&how, layout, err);
}

int cmd_drain(const struct options *options, const struct layout *layout,
	      struct error *err)
{
	const struct router_options how = { options->jobs, false };

	return router_run(&how, layout, err);
}
