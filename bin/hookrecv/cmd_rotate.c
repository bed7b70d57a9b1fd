#include "bin/hookrecv/commands.h"

#include "bin/hookrecv/create.h"
#include "bin/hookrecv/options.h"
#include "bin/hookrecv/print.h"
#include "bin/hookrecv/providers.h"
#include "bin/hookrecv/rotation.h"
#include "bin/hookrecv/secret.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
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

/* The old secrets as they are to be stored. */
struct kept {
	struct vault_secret secrets[ROTATION_OLD];
};

#define auto_kept __attribute__((cleanup(kept_wipe)))

static void kept_wipe(struct kept *kept)
{
	size_t i;

	for (i = 0; i < ROTATION_OLD; i++)
		vault_secret_wipe(&kept->secrets[i]);
}

/* The one that was the present, and the old ones that are still good, the youngest first. */
static int collect(struct kept *kept, const struct vault *vault, const char *hook_id,
		   const struct rotation *rotation, struct error *err)
{
	auto_free char *name = registry_secret_name(hook_id);
	size_t count = 1;
	size_t i;

	if (vault_get(&kept->secrets[0], vault, name, err) < 0)
		return -1;
	kept->secrets[0].expires_ms = rotation->old[0].until_ms;
	for (i = 0; i < ROTATION_OLD && count < rotation->count; i++) {
		auto_free char *old = rotation_secret_name(hook_id, i);
		struct vault_secret *secret = &kept->secrets[count];

		if (vault_get(secret, vault, old, err) < 0)
			return -1;
		if (secret->found && secret->expires_ms > rotation->since_ms)
			count++;
		else
			vault_secret_wipe(secret);
	}
	return 0;
}

static int put_old(const struct vault *vault, const char *hook_id, size_t which,
		   const struct vault_secret *old, struct error *err)
{
	const struct str_view bytes = { buf_str(&old->bytes), old->bytes.len };
	auto_free char *name = rotation_secret_name(hook_id, which);
	bool found = false;

	if (!old->found)
		return vault_delete(&found, vault, name, err);
	return vault_put(vault, name, bytes, old->expires_ms, err);
}

/* From the oldest on, and the new one last: at no time is none there that is good. */
static int replace(const struct vault *vault, const char *hook_id,
		   const struct rotation *rotation, const struct buf *secret,
		   struct error *err)
{
	auto_kept struct kept kept = { { VAULT_SECRET_EMPTY } };
	auto_free char *name = registry_secret_name(hook_id);
	size_t i;

	if (collect(&kept, vault, hook_id, rotation, err) < 0)
		return -1;
	for (i = ROTATION_OLD; i-- > 0;) {
		if (put_old(vault, hook_id, i, &kept.secrets[i], err) < 0)
			return -1;
	}
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
	struct rotation rotation = { 0 };
	struct create create = { options, layout, &hook, &secret, false };
	bool given;

	if (find_hook(&hook, &registry, options, layout, err) < 0 ||
	    find_secret(&secret, &hook, options, layout, err) < 0 ||
	    vault_open_layout(&vault, layout, err) < 0)
		return -1;
	if (rotation_add(&rotation, layout->state, &hook, (int64_t)options->grace_ms,
			 err) < 0 ||
	    replace(&vault, hook.id, &rotation, &secret, err) < 0)
		return -1;
	/* Written as it was: a server that sees a change forgets the secret it has. */
	if (registry_enable(&registry, hook.id, hook.enabled, err) < 0)
		return -1;
	if (options->create && create_hook(&create, err) < 0)
		return error_wrap(err, "the secret is new here, and the forge does not "
				       "know it yet");
	given = options->secret_file || options->create;
	return print_new_hook(&hook, given ? NULL : buf_str(&secret), options->json, err);
}
