#include "bin/hookrecv/commands.h"

#include <unistd.h>

#include "bin/hookrecv/options.h"
#include "bin/hookrecv/print.h"
#include "lib/buf.h"
#include "lib/error.h"
#include "lib/registry.h"

int cmd_list(const struct options *options, const struct layout *layout,
	     struct error *err)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	auto_registry_hooks struct registry_hooks hooks = REGISTRY_HOOKS_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;
	bool json = options->json || !isatty(STDOUT_FILENO);
	size_t i;

	if (registry_open(&registry, layout, err) < 0 ||
	    registry_list(&hooks, &registry, err) < 0)
		return -1;
	if (!json)
		buf_add_format(&out, "%-36s  %-16s %-8s %s\n", "ID", "PROVIDER",
			       "ENABLED", "NAME");
	for (i = 0; i < hooks.count; i++) {
		const struct registry_hook *hook = &hooks.hooks[i];

		if (json)
			print_hook(&out, hook, NULL, true);
		else
			buf_add_format(&out, "%-36s  %-16s %-8s %s\n", hook->id,
				       hook->provider, hook->enabled ? "yes" : "no",
				       hook->name);
	}
	return print_out(&out, err);
}
