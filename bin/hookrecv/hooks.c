#include "bin/hookrecv/hooks.h"

#include <stdlib.h>
#include <string.h>

#include "lib/error.h"

int hooks_open(struct hooks *hooks, const struct layout *layout, struct error *err)
{
	auto_hooks struct hooks opened = HOOKS_NONE;

	opened.version = -1;
	if (registry_open(&opened.registry, layout, err) < 0 ||
	    keyring_open(&opened.keyring, layout, err) < 0 ||
	    hooks_refresh(&opened, err) < 0)
		return -1;
	*hooks = opened;
	opened = (struct hooks)HOOKS_NONE;
	return 0;
}

void hooks_close(struct hooks *hooks)
{
	registry_hooks_free(&hooks->rows);
	keyring_close(&hooks->keyring);
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
	keyring_forget(&hooks->keyring, INT64_MAX);
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
