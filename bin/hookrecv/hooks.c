#include "bin/hookrecv/hooks.h"

#include <stdlib.h>
#include <string.h>

#include "bin/hookrecv/rotation.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/layout.h"

enum { KEEP_MS = 1000 };

int hooks_open(struct hooks *hooks, const struct layout *layout, struct error *err)
{
	auto_hooks struct hooks opened = HOOKS_NONE;

	opened.version = -1;
	if (registry_open(&opened.registry, layout, err) < 0 ||
	    vault_open_layout(&opened.vault, layout, err) < 0 ||
	    hooks_refresh(&opened, err) < 0)
		return -1;
	opened.state = str_dup(layout->state);
	*hooks = opened;
	opened = (struct hooks)HOOKS_NONE;
	return 0;
}

void hooks_close(struct hooks *hooks)
{
	buf_wipe(&hooks->secret);
	buf_wipe(&hooks->old);
	free(hooks->state);
	hooks->state = NULL;
	registry_hooks_free(&hooks->rows);
	vault_close(&hooks->vault);
	registry_close(&hooks->registry);
}

int hooks_refresh(struct hooks *hooks, struct error *err)
{
	struct registry_hooks rows = REGISTRY_HOOKS_EMPTY;
	int64_t version = 0;

	if (registry_version(&version, &hooks->registry, err) < 0)
		return -1;
	if (version == hooks->version)
		return 0;
	if (registry_list(&rows, &hooks->registry, err) < 0)
		return -1;
	registry_hooks_free(&hooks->rows);
	hooks->rows = rows;
	hooks->version = version;
	hooks_forget(hooks, INT64_MAX);
	return 0;
}

static int compare(const void *id, const void *hook)
{
	return strcmp(id, ((const struct registry_hook *)hook)->id);
}

static const struct registry_hook *find(const struct hooks *hooks, const char *id)
{
	if (!hooks->rows.count)
		return NULL;
	return bsearch(id, hooks->rows.hooks, hooks->rows.count,
		       sizeof(*hooks->rows.hooks), compare);
}

bool hooks_has(const struct hooks *hooks, const char *id)
{
	return find(hooks, id) != NULL;
}

const struct registry_hook *hooks_find(const struct hooks *hooks, const char *id)
{
	const struct registry_hook *hook = find(hooks, id);

	return hook && hook->enabled ? hook : NULL;
}

static int unseal(struct hooks *hooks, const char *id, int64_t now_ms, struct error *err)
{
	auto_vault_secret struct vault_secret stored = VAULT_SECRET_EMPTY;
	auto_vault_secret struct vault_secret old = VAULT_SECRET_EMPTY;
	auto_free char *name = registry_secret_name(id);
	auto_free char *old_name = rotation_secret_name(id);

	if (vault_get(&stored, &hooks->vault, name, err) < 0 ||
	    vault_get(&old, &hooks->vault, old_name, err) < 0)
		return -1;
	hooks_forget(hooks, INT64_MAX);
	buf_add(&hooks->secret, buf_str(&stored.bytes), stored.bytes.len);
	if (old.found && now_ms < old.expires_ms)
		buf_add(&hooks->old, buf_str(&old.bytes), old.bytes.len);
	memcpy(hooks->secret_of, id, UUID_LEN);
	hooks->secret_ms = now_ms;
	return 0;
}

int hooks_secrets(struct hooks_secrets *secrets, struct hooks *hooks, const char *id,
		  int64_t now_ms, struct error *err)
{
	if (!str_equal(hooks->secret_of, id) && unseal(hooks, id, now_ms, err) < 0)
		return -1;
	secrets->now = (struct str_view){ buf_str(&hooks->secret), hooks->secret.len };
	secrets->old = (struct str_view){ buf_str(&hooks->old), hooks->old.len };
	return 0;
}

void hooks_forget(struct hooks *hooks, int64_t now_ms)
{
	if (now_ms - hooks->secret_ms < KEEP_MS && now_ms >= hooks->secret_ms)
		return;
	buf_wipe(&hooks->secret);
	buf_wipe(&hooks->old);
	hooks->secret_of[0] = '\0';
}
