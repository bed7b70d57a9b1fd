#include "bin/hookrecv/commands.h"

#include <stdlib.h>
#include <string.h>

#include "bin/hookrecv/create.h"
#include "bin/hookrecv/options.h"
#include "bin/hookrecv/print.h"
#include "bin/hookrecv/providers.h"
#include "bin/hookrecv/secret.h"
#include "lib/cleanup.h"
#include "lib/config.h"
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

/* Where it is reached from outside, without a slash at its end. */
static int find_url(char **url, const struct options *options,
		    const struct layout *layout, struct error *err)
{
	auto_config struct config config = CONFIG_EMPTY;
	const char *base = options->url;

	if (config_load(&config, layout, err) < 0)
		return -1;
	if (!base)
		base = config_get(&config, "HOOKTOOLS_HOOK_URL");
	*url = str_dup(base);
	while (*url && str_ends(*url, "/"))
		(*url)[strlen(*url) - 1] = '\0';
	return 0;
}

/* A secret that was handed to us is known to who did that. */
static int make(struct create *create, bool *given, struct error *err)
{
	auto_providers struct providers providers = PROVIDERS_NONE;
	const struct options *options = create->options;
	struct registry_hook *hook = create->hook;
	const struct provider *provider = NULL;

	providers_open(&providers, create->layout);
	if (find_provider(&provider, &providers, options, err) < 0 ||
	    secret_find(create->secret, provider, options->secret_file, err) < 0 ||
	    find_url(&hook->url, options, create->layout, err) < 0)
		return -1;
	uuid_random(hook->id);
	hook->name = str_dup(options->operand);
	hook->provider = str_dup(provider->name);
	hook->max_body = options->max_body;
	hook->enabled = true;
	hook->created_ms = date_now_ms();
	*given = options->secret_file || provider->public_key;
	return store(hook, create->layout, create->secret, err);
}

/* A hook that is there may be reached elsewhere now. */
static int move(struct create *create, struct error *err)
{
	struct registry_hook *hook = create->hook;

	if (hook->url && !create->options->url)
		return 0;
	free(hook->url);
	hook->url = NULL;
	return find_url(&hook->url, create->options, create->layout, err);
}

/* What the forge refuses leaves nothing behind. */
static int make_and_create(struct create *create, struct error *err)
{
	struct error ignored = { 0 };
	bool is_old = false;
	bool given = false;

	if (create_find(create, &is_old, err) < 0 ||
	    (is_old ? move(create, err) : make(create, &given, err)) < 0)
		return -1;
	if (create_hook(create, err) == 0)
		return 0;
	if (!is_old && !create->begun)
		(void)create_undo(create->hook, create->layout,
				  &ignored); /* the first failure counts */
	return -1;
}

int cmd_add(const struct options *options, const struct layout *layout, struct error *err)
{
	auto_registry_hook struct registry_hook hook = REGISTRY_HOOK_EMPTY;
	auto_secret struct buf secret = BUF_EMPTY;
	struct create create = { options, layout, &hook, &secret, false };
	bool given = true; /* to the forge */

	if (!str_is_name(options->operand))
		return error_set(err, ERROR_USAGE,
				 "'%s' is no name: owner/repository, or letters, digits, "
				 "'.', '_' and '-'",
				 options->operand);
	if (!options->create && (options->events || options->project || options->app))
		return error_set(err, ERROR_USAGE,
				 "--events, --project and --app are for --create");
	if ((options->create ? make_and_create(&create, err)
			     : make(&create, &given, err)) < 0)
		return -1;
	return print_new_hook(&hook, given ? NULL : buf_str(&secret), options->json, err);
}
