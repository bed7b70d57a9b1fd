#include "bin/hookrecv/commands.h"

#include <string.h>

#include "bin/hookrecv/options.h"
#include "bin/hookrecv/print.h"
#include "bin/hookrecv/providers.h"
#include "bin/hookrecv/secret.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/registry.h"
#include "lib/vault.h"

static int find_provider(const struct provider **provider, struct providers *providers,
			 const struct options *options, struct error *err)
{
	const char *name = options->provider ? options->provider : "github";

	if (providers_find(provider, providers, name, err) < 0)
		return -1;
	if ((*provider)->open && options->secret_file)
		return error_set(err, ERROR_USAGE, "provider none takes no secret");
	return 0;
}

/* The secret is there before the hook is: no request meets a hook without it. */
static int store(const struct registry_hook *hook, const struct layout *layout,
		 const struct buf *secret, struct error *err)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	auto_vault struct vault vault = VAULT_NONE;
	auto_free char *name = registry_secret_name(hook->id);
	struct error ignored = { 0 };
	bool found = false;

	if (vault_open_layout(&vault, layout, err) < 0 ||
	    registry_open(&registry, layout, err) < 0)
		return -1;
	if (secret->len &&
	    vault_put(&vault, name, (struct str_view){ secret->data, secret->len }, 0,
		      err) < 0)
		return -1;
	if (registry_add(&registry, hook, err) == 0)
		return 0;
	(void)vault_delete(&found, &vault, name, &ignored);
	return -1;
}

int cmd_add(const struct options *options, const struct layout *layout, struct error *err)
{
	auto_registry_hook struct registry_hook hook = REGISTRY_HOOK_EMPTY;
	auto_secret struct buf secret = BUF_EMPTY;
	auto_providers struct providers providers = PROVIDERS_NONE;
	const struct provider *provider = NULL;
	bool given;

	if (!str_is_name(options->operand))
		return error_set(err, ERROR_USAGE,
				 "'%s' is no name: owner/repository, or letters, digits, "
				 "'.', '_' and '-'",
				 options->operand);
	providers_open(&providers, layout);
	if (find_provider(&provider, &providers, options, err) < 0)
		return -1;
	if (secret_find(&secret, provider, options->secret_file, err) < 0)
		return -1;
	uuid_random(hook.id);
	hook.name = str_dup(options->operand);
	hook.provider = str_dup(provider->name);
	hook.url = str_dup(options->url);
	hook.max_body = options->max_body;
	hook.enabled = true;
	hook.created_ms = date_now_ms();
	if (store(&hook, layout, &secret, err) < 0)
		return -1;
	/* A secret that was handed to us is known to who did that. */
	given = options->secret_file || provider->public_key;
	return print_new_hook(&hook, given ? NULL : buf_str(&secret), options->json, err);
}
