#include "bin/hookrecv/explain.h"

#include <unistd.h>

#include "bin/hookrecv/judged.h"
#include "bin/hookrecv/options.h"
#include "bin/hookrecv/print.h"
#include "bin/hookrecv/providers.h"
#include "bin/hookrecv/secret.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/registry.h"
#include "lib/vault.h"

static int take_hook(struct judged *judged, struct providers *providers, const char *key,
		     const struct layout *layout, struct error *err)
{
	auto_vault struct vault vault = VAULT_NONE;
	auto_registry struct registry registry = REGISTRY_NONE;
	auto_registry_hook struct registry_hook hook = REGISTRY_HOOK_EMPTY;
	bool found = false;

	if (registry_open(&registry, layout, err) < 0 ||
	    registry_find(&hook, &found, &registry, key, err) < 0)
		return -1;
	if (!found)
		return error_set(err, ERROR_ABSENT,
				 "no hook '%s': hookrecv list shows what there is", key);
	if (providers_find(&judged->request.provider, providers, hook.provider, err) < 0)
		return -1;
	if (vault_open_layout(&vault, layout, err) < 0)
		return -1;
	return vaulted_read(&judged->keys, &vault, layout->state, &hook, err);
}

/* A hook of ours, or a provider and a secret that are named. */
static int take_key(struct judged *judged, struct providers *providers,
		    const struct options *options, const struct layout *layout,
		    struct error *err)
{
	if (options->operand && (options->provider || options->secret_file))
		return error_set(err, ERROR_USAGE,
				 "either a hook, or a provider and a secret");
	if (options->operand)
		return take_hook(judged, providers, options->operand, layout, err);
	if (!options->provider)
		return error_set(err, ERROR_USAGE,
				 "--request wants a hook, or --provider and "
				 "--secret-file");
	if (providers_find(&judged->request.provider, providers, options->provider, err) <
	    0)
		return -1;
	if (judged->request.provider->open)
		return 0;
	if (!options->secret_file && !judged->request.provider->public_key)
		return error_set(err, ERROR_USAGE, "--request wants --secret-file");
	return secret_find(&judged->keys.secret, judged->request.provider,
			   options->secret_file, err);
}

int explain_request(const struct options *options, const struct layout *layout,
		    struct error *err)
{
	auto_providers struct providers providers = PROVIDERS_NONE;
	auto_judged struct judged judged = JUDGED_NONE;
	auto_buf struct buf out = BUF_EMPTY;

	providers_open(&providers, layout);
	if (take_key(&judged, &providers, options, layout, err) < 0 ||
	    captured_read(&judged.captured, options->request, err) < 0)
		return -1;
	judged_judge(&judged, date_now_ms());
	judged_print(&out, &judged, options->json || !isatty(STDOUT_FILENO));
	if (print_out(&out, err) < 0)
		return -1;
	if (!judged_is_good(&judged))
		return error_set(err, ERROR_ABSENT, "it would be refused");
	return 0;
}
