#include "bin/hookrecv/commands.h"

#include <unistd.h>

#include "bin/hookrecv/options.h"
#include "bin/hookrecv/print.h"
#include "bin/hookrecv/providers.h"
#include "bin/hookrecv/rotation.h"
#include "bin/hookrecv/secret.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/registry.h"
#include "lib/vault.h"

static int find_hook(struct registry_hook *hook, struct registry *registry,
		     const struct options *options, const struct layout *layout,
		     struct error *err)
{
	bool found = false;

	if (registry_open(registry, layout, err) < 0 ||
	    registry_find(hook, &found, registry, options->operand, err) < 0)
		return -1;
	if (!found)
		return error_set(err, ERROR_ABSENT,
				 "no hook '%s': hookrecv list shows what there is",
				 options->operand);
	return 0;
}

static int find_secret(struct buf *secret, const struct registry_hook *hook,
		       const struct options *options, const struct layout *layout,
		       struct error *err)
{
	auto_providers struct providers providers = PROVIDERS_NONE;
	const struct provider *provider = NULL;

	providers_open(&providers, layout);
	if (providers_find(&provider, &providers, hook->provider, err) < 0)
		return -1;
	if (provider->open)
		return error_set(err, ERROR_USAGE,
				 "a hook of provider none has no secret");
	return secret_find(secret, provider, options->secret_file, err);
}

/* The old one is kept before the new one takes its place: at no time none is there. */
static int replace(const struct vault *vault, const char *hook_id,
		   const struct buf *secret, int64_t until_ms, struct error *err)
{
	auto_vault_secret struct vault_secret now = VAULT_SECRET_EMPTY;
	auto_free char *name = registry_secret_name(hook_id);
	auto_free char *old = rotation_secret_name(hook_id);

	if (vault_get(&now, vault, name, err) < 0)
		return -1;
	if (now.found &&
	    vault_put(vault, old, (struct str_view){ buf_str(&now.bytes), now.bytes.len },
		      until_ms, err) < 0)
		return -1;
	return vault_put(vault, name, (struct str_view){ buf_str(secret), secret->len },
			 0, err);
}

int cmd_rotate(const struct options *options, const struct layout *layout,
	       struct error *err)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	auto_registry_hook struct registry_hook hook = REGISTRY_HOOK_EMPTY;
	auto_secret struct buf secret = BUF_EMPTY;
	auto_vault struct vault vault = VAULT_NONE;
	struct rotation rotation = { .found = true, .since_ms = date_now_ms() };

	if (find_hook(&hook, &registry, options, layout, err) < 0 ||
	    find_secret(&secret, &hook, options, layout, err) < 0 ||
	    vault_open_layout(&vault, layout, err) < 0)
		return -1;
	rotation.until_ms = rotation.since_ms + (int64_t)options->grace_ms;
	if (rotation_write(layout->state, hook.id, &rotation, err) < 0 ||
	    replace(&vault, hook.id, &secret, rotation.until_ms, err) < 0)
		return -1;
	/* Written as it was: a server that sees a change forgets the secret it has. */
	if (registry_enable(&registry, hook.id, hook.enabled, err) < 0)
		return -1;
	return print_new_hook(&hook, options->secret_file ? NULL : buf_str(&secret),
			      options->json, err);
}
