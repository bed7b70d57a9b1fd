#include <unistd.h>

#include "bin/hookroute/commands.h"
#include "bin/hookroute/options.h"
#include "bin/hookroute/rehearse.h"

int cmd_filter(const struct options *options, const struct layout *layout,
	       struct error *err)
{
	auto_routes struct routes routes = ROUTES_NONE;
	struct rehearsal rehearsal = { &routes, options->to, 0, 0 };

	if (routes_load(&routes, layout, options->routes, err) < 0 ||
	    rehearse_input(&rehearsal, STDIN_FILENO, err) < 0)
		return -1;
	return rehearse_verdict(&rehearsal, err);
}
