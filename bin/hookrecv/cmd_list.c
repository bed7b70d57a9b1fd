#include "bin/hookrecv/commands.h"

#include <stdio.h>
#include <unistd.h>

#include "bin/hookrecv/options.h"
#include "bin/hookrecv/print.h"
#include "bin/hookrecv/rotation.h"
#include "lib/buf.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/registry.h"

/* When an old secret was good last: a forge still has it. */
static void old_used(char date[static DATE_LEN], const struct rotation *rotation)
{
	int64_t used = 0;
	size_t i;

	for (i = 0; i < rotation->count; i++) {
		if (rotation->old[i].used_ms > used)
			used = rotation->old[i].used_ms;
	}
	date_format(date, used);
	if (!used)
		snprintf(date, DATE_LEN, "%s", rotation->count ? "never" : "-");
}

static void print_row(struct buf *out, const struct registry_hook *hook,
		      const struct rotation *rotation)
{
	char used[DATE_LEN];

	old_used(used, rotation);
	buf_add_format(out, "%-36s  %-16s %-8s %-24s  %s\n", hook->id, hook->provider,
		       hook->enabled ? "yes" : "no", used, hook->name);
}

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
		buf_add_format(&out, "%-36s  %-16s %-8s %-24s  %s\n", "ID", "PROVIDER",
			       "ENABLED", "OLD SECRET USED", "NAME");
	for (i = 0; i < hooks.count; i++) {
		const struct registry_hook *hook = &hooks.hooks[i];
		struct rotation rotation = { 0 };
		const struct print_facts facts = { &rotation, NULL };

		if (rotation_read(&rotation, layout->state, hook->id, err) < 0)
			return -1;
		if (json)
			print_hook(&out, hook, &facts, true);
		else
			print_row(&out, hook, &rotation);
	}
	return print_out(&out, err);
}
