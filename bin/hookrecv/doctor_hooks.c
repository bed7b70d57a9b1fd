#include <string.h>
#include <unistd.h>

#include "bin/hookrecv/doctor.h"
#include "bin/hookrecv/providers.h"
#include "bin/hookrecv/rotation.h"
#include "bin/hookrecv/signature.h"
#include "bin/hookrecv/span.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/str.h"

/* The hooks, their providers and their secrets. */

enum { RECENT_MS = 24 * 3600 * 1000 };

static int read_hooks(struct doctor *doctor, struct error *err)
{
	auto_registry struct registry registry = REGISTRY_NONE;

	if (registry_open(&registry, doctor->layout, err) < 0)
		return -1;
	return registry_list(&doctor->hooks, &registry, err);
}

void doctor_registry(struct doctor *doctor)
{
	auto_free char *path = path_join(doctor->layout->state, "registry.db");
	auto_free char *next = str_format("sqlite3 '%s' .recover", path);
	struct error err = { 0 };

	if (access(path, F_OK) < 0)
		doctor_say(doctor, DOCTOR_WARN, "hookrecv add NAME",
			   "no hook was added yet");
	else if (read_hooks(doctor, &err) < 0)
		doctor_say(doctor, DOCTOR_FAIL, err.kind == ERROR_DATA ? next : NULL,
			   "%s", err.message);
	else
		doctor_say(doctor, DOCTOR_OK, NULL, "%zu hooks", doctor->hooks.count);
}

static bool open_vault(struct doctor *doctor)
{
	auto_free char *path = path_join(doctor->layout->state, "vault");
	struct error err = { 0 };

	if (access(path, F_OK) < 0 && !doctor->hooks.count)
		doctor_say(doctor, DOCTOR_OK, NULL, "none yet");
	else if (access(path, F_OK) < 0)
		doctor_say(doctor, DOCTOR_FAIL,
			   "restore it, or hookrecv rotate each hook", "no vault '%s'",
			   path);
	else if (vault_open_layout(&doctor->vault, doctor->layout, &err) < 0)
		doctor_say(doctor, DOCTOR_FAIL, NULL, "%s", err.message);
	else
		return true;
	return false;
}

static bool is_open(const struct registry_hook *hook)
{
	const struct provider *provider = provider_find(hook->provider);

	return provider && provider->open;
}

static bool check_secret(struct doctor *doctor, const struct registry_hook *hook)
{
	auto_vault_secret struct vault_secret secret = VAULT_SECRET_EMPTY;
	auto_free char *name = registry_secret_name(hook->id);
	auto_free char *rotate = str_format("hookrecv rotate %s", hook->name);
	struct error err = { 0 };

	if (is_open(hook))
		return true;
	if (vault_get(&secret, &doctor->vault, name, &err) < 0)
		doctor_say(doctor, DOCTOR_FAIL,
			   "is it the master key it was sealed with?", "hook %s: %s",
			   hook->name, err.message);
	else if (!secret.found)
		doctor_say(doctor, DOCTOR_FAIL, rotate,
			   "hook %s has no secret in the vault", hook->name);
	else
		return true;
	return false;
}

void doctor_secrets(struct doctor *doctor)
{
	size_t good = 0;
	size_t i;

	if (!open_vault(doctor))
		return;
	for (i = 0; i < doctor->hooks.count; i++)
		good += check_secret(doctor, &doctor->hooks.hooks[i]);
	if (good == doctor->hooks.count)
		doctor_say(doctor, DOCTOR_OK, NULL, "each hook's can be unsealed");
}

/* What the vault holds was checked when it was put there; the provider's file may have
 * changed since. */
static void check_use(struct doctor *doctor, const struct registry_hook *hook,
		      const struct provider *provider)
{
	auto_vault_secret struct vault_secret secret = VAULT_SECRET_EMPTY;
	auto_free char *name = registry_secret_name(hook->id);
	auto_free char *rotate = str_format("hookrecv rotate %s", hook->name);
	struct error err = { 0 };

	if (doctor->vault.dir < 0 || provider->open ||
	    vault_get(&secret, &doctor->vault, name, &err) < 0 || !secret.found)
		return; /* as was said */
	if (signature_check_secret(
		    provider,
		    (struct str_view){ buf_str(&secret.bytes), secret.bytes.len },
		    &err) < 0)
		doctor_say(doctor, DOCTOR_FAIL, rotate, "hook %s: %s", hook->name,
			   err.message);
}

static void check_provider(struct doctor *doctor, struct providers *providers,
			   const struct registry_hook *hook)
{
	auto_free char *disable = str_format("hookrecv disable %s", hook->name);
	const struct provider *provider = NULL;
	struct error err = { 0 };

	if (providers_find(&provider, providers, hook->provider, &err) < 0)
		doctor_say(doctor, DOCTOR_FAIL, "man 5 hookprovider", "hook %s: %s",
			   hook->name, err.message);
	else if (provider->open && hook->enabled)
		doctor_say(doctor, DOCTOR_WARN, disable,
			   "hook %s verifies nothing: who knows its URL may send",
			   hook->name);
	else
		check_use(doctor, hook, provider);
}

void doctor_providers(struct doctor *doctor)
{
	auto_providers struct providers providers = PROVIDERS_NONE;
	unsigned before = doctor->failures + doctor->warnings;
	size_t i;

	providers_open(&providers, doctor->layout);
	for (i = 0; i < doctor->hooks.count; i++)
		check_provider(doctor, &providers, &doctor->hooks.hooks[i]);
	if (doctor->hooks.count && doctor->failures + doctor->warnings == before)
		doctor_say(doctor, DOCTOR_OK, NULL, "each hook's is known, and signs");
}

/* The forge still signs with a secret that is about to be none, or was a while ago. */
static void check_old(struct doctor *doctor, const struct registry_hook *hook,
		      const struct rotation_key *old)
{
	auto_free char *next = str_format("give the forge %s's new secret", hook->name);
	bool good = old->until_ms > doctor->now_ms;
	char used[SPAN_LEN];
	char left[SPAN_LEN];

	if (doctor->now_ms - old->used_ms > RECENT_MS)
		return;
	span_format(used, doctor->now_ms - old->used_ms);
	span_format(left, old->until_ms - doctor->now_ms);
	doctor_say(doctor, DOCTOR_WARN, next,
		   "hook %s: its old secret was used %s ago and %s %s%s", hook->name,
		   used, good ? "ends in" : "ended", left, good ? "" : " ago");
}

static void check_rotation(struct doctor *doctor, const struct registry_hook *hook)
{
	struct rotation rotation = { 0 };
	struct error err = { 0 };
	size_t i;

	if (rotation_read(&rotation, doctor->layout->state, hook->id, &err) < 0) {
		doctor_say(doctor, DOCTOR_FAIL, NULL, "%s", err.message);
		return;
	}
	for (i = 0; i < rotation.count; i++)
		check_old(doctor, hook, &rotation.old[i]);
}

void doctor_rotations(struct doctor *doctor)
{
	unsigned before = doctor->failures + doctor->warnings;
	size_t i;

	for (i = 0; i < doctor->hooks.count; i++)
		check_rotation(doctor, &doctor->hooks.hooks[i]);
	if (doctor->failures + doctor->warnings == before)
		doctor_say(doctor, DOCTOR_OK, NULL, "no forge signs with an old secret");
}
