#include "bin/hookrecv/commands.h"

#include <unistd.h>

#include "bin/hookrecv/options.h"
#include "bin/hookrecv/print.h"
#include "bin/hookrecv/rotation.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/registry.h"
#include "lib/vault.h"

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

int cmd_show(const struct options *options, const struct layout *layout,
	     struct error *err)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	auto_registry_hook struct registry_hook hook = REGISTRY_HOOK_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;
	struct rotation rotation = { 0 };

	if (find(&hook, &registry, options->operand, layout, err) < 0 ||
	    rotation_read(&rotation, layout->state, hook.id, err) < 0)
		return -1;
	print_hook(&out, &hook, &rotation, options->json || !isatty(STDOUT_FILENO));
	return print_out(&out, err);
}

/* The hook goes first: a request then finds nothing, and not a hook without a secret. */
int cmd_remove(const struct options *options, const struct layout *layout,
	       struct error *err)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	auto_registry_hook struct registry_hook hook = REGISTRY_HOOK_EMPTY;
	auto_vault struct vault vault = VAULT_NONE;
	auto_free char *name = NULL;
	auto_free char *old = NULL;
	bool found = false;

	if (find(&hook, &registry, options->operand, layout, err) < 0 ||
	    vault_open_layout(&vault, layout, err) < 0 ||
	    registry_remove(&registry, hook.id, err) < 0)
		return -1;
	name = registry_secret_name(hook.id);
	old = rotation_secret_name(hook.id);
	if (vault_delete(&found, &vault, old, err) < 0 ||
	    rotation_forget(layout->state, hook.id, err) < 0)
		return -1;
	return vault_delete(&found, &vault, name, err);
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
