#include "bin/hookrecv/commands.h"

#include <unistd.h>

#include "bin/hookrecv/create.h"
#include "bin/hookrecv/forge.h"
#include "bin/hookrecv/options.h"
#include "bin/hookrecv/print.h"
#include "bin/hookrecv/rotation.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/log.h"
#include "lib/registry.h"

static int find(struct registry_hook *hook, struct registry *registry, const char *key,
		const struct layout *layout, struct error *err)
{
	bool found = false;

	if (registry_open(registry, layout, err) < 0 ||
	    registry_find(hook, &found, registry, key, err) < 0)
		return -1;
	if (!found)
		return error_set(err, ERROR_ABSENT,
				 "no hook '%s': hookrecv list shows what there is", key);
	return 0;
}

/* What the forge says of it. */
static int look(struct forge_state *state, const struct registry_hook *hook,
		const struct layout *layout, struct error *err)
{
	auto_forge struct forge forge = FORGE_NONE;

	if (!hook->forge)
		return error_set(err, ERROR_DATA,
				 "'%s' was not made at the forge from here: hookrecv add "
				 "--create does that",
				 hook->name);
	if (forge_open(&forge, hook, layout, err) < 0 ||
	    forge_look(state, &forge, err) < 0)
		return error_wrap(err, "ask the forge for the hook");
	return 0;
}

/* Would what happens there come here? */
static int judge(const struct forge_state *state, const struct registry_hook *hook,
		 struct error *err)
{
	auto_free char *url = str_format("%s/hook/%s", hook->url, hook->id);

	if (!state->found)
		return error_set(err, ERROR_ABSENT,
				 "the forge has no such hook any more: hookrecv add %s "
				 "--create makes it anew",
				 hook->name);
	if (!state->active)
		return error_set(err, ERROR_ABSENT,
				 "the forge's hook is not active: hookrecv add %s "
				 "--create makes it so",
				 hook->name);
	if (!str_equal(state->url, url))
		return error_set(err, ERROR_ABSENT,
				 "the forge sends elsewhere: hookrecv add %s --create "
				 "puts it right",
				 hook->name);
	return 0;
}

int cmd_show(const struct options *options, const struct layout *layout,
	     struct error *err)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	auto_registry_hook struct registry_hook hook = REGISTRY_HOOK_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;
	auto_forge_state struct forge_state state = FORGE_STATE_EMPTY;
	struct rotation rotation = { 0 };
	struct print_facts facts = { &rotation, options->check ? &state : NULL };

	if (find(&hook, &registry, options->operand, layout, err) < 0 ||
	    rotation_read(&rotation, layout->state, hook.id, err) < 0 ||
	    (options->check && look(&state, &hook, layout, err) < 0))
		return -1;
	print_hook(&out, &hook, &facts, options->json || !isatty(STDOUT_FILENO));
	if (print_out(&out, err) < 0)
		return -1;
	return options->check ? judge(&state, &hook, err) : 0;
}

/* The forge's goes first: it would send to nowhere. */
static int remove_remote(const struct registry_hook *hook, const struct layout *layout,
			 struct error *err)
{
	auto_forge struct forge forge = FORGE_NONE;

	if (!hook->forge)
		return 0;
	if (hook->app) {
		log_warning("the App '%s' still sends here: its hook is changed at "
			    "GitHub only",
			    hook->app);
		return 0;
	}
	if (forge_open(&forge, hook, layout, err) < 0 || forge_drop(&forge, err) < 0)
		return error_wrap(err, "nothing is removed, --keep-remote leaves the "
				       "forge's hook alone");
	return 0;
}

/* The hook goes before its secret: a request then finds nothing, and not a hook without. */
int cmd_remove(const struct options *options, const struct layout *layout,
	       struct error *err)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	auto_registry_hook struct registry_hook hook = REGISTRY_HOOK_EMPTY;

	if (find(&hook, &registry, options->operand, layout, err) < 0 ||
	    (!options->keep_remote && remove_remote(&hook, layout, err) < 0))
		return -1;
	return create_undo(&hook, layout, err);
}

static int set_enabled(const struct options *options, const struct layout *layout,
		       bool enabled, struct error *err)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	auto_registry_hook struct registry_hook hook = REGISTRY_HOOK_EMPTY;

	if (find(&hook, &registry, options->operand, layout, err) < 0)
		return -1;
	return registry_enable(&registry, hook.id, enabled, err);
}

int cmd_enable(const struct options *options, const struct layout *layout,
	       struct error *err)
{
	return set_enabled(options, layout, true, err);
}

int cmd_disable(const struct options *options, const struct layout *layout,
		struct error *err)
{
	return set_enabled(options, layout, false, err);
}
