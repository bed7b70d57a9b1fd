#include "bin/hookrecv/create.h"

#include <stdlib.h>
#include <string.h>

#include "bin/hookrecv/forge.h"
#include "bin/hookrecv/options.h"
#include "bin/hookrecv/recovered.h"
#include "bin/hookrecv/rotation.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/registry.h"
#include "lib/vault.h"

static int read_secret(struct buf *secret, const struct registry_hook *hook,
		       const struct layout *layout, struct error *err)
{
	auto_vault struct vault vault = VAULT_NONE;
	auto_vault_secret struct vault_secret known = VAULT_SECRET_EMPTY;
	auto_free char *name = registry_secret_name(hook->id);

	if (vault_open_layout(&vault, layout, err) < 0 ||
	    vault_get(&known, &vault, name, err) < 0)
		return -1;
	if (!known.found)
		return error_set(err, ERROR_DATA,
				 "hook %s has no secret: hookrecv rotate gives it one",
				 hook->id);
	buf_add(secret, buf_str(&known.bytes), known.bytes.len);
	return 0;
}

int create_find(struct create *create, bool *found, struct error *err)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	const struct options *options = create->options;
	struct registry_hook *hook = create->hook;

	if (registry_open(&registry, create->layout, err) < 0 ||
	    registry_find(hook, found, &registry, options->operand, err) < 0)
		return -1;
	if (!*found)
		return 0;
	if (options->secret_file)
		return error_set(err, ERROR_USAGE,
				 "hook %s has a secret: hookrecv rotate changes it",
				 hook->id);
	if (options->provider && !str_equal(options->provider, hook->provider))
		return error_set(err, ERROR_DATA, "'%s' has a hook already: %s, of %s",
				 hook->name, hook->id, hook->provider);
	return read_secret(create->secret, hook, create->layout, err);
}

/* It goes into the forge's JSON, and is compared with what the forge says. */
static int check_url(const char *url, struct error *err)
{
	if (!url)
		return error_set(
			err, ERROR_USAGE,
			"--create wants --url, or HOOKTOOLS_HOOK_URL in hooktools.conf: "
			"where the forge is to send to");
	if ((!str_starts(url, "https://") && !str_starts(url, "http://")) ||
	    strpbrk(url, " \"\\<>?#\t\r\n"))
		return error_set(err, ERROR_USAGE, "'%s' is no url of a server", url);
	return 0;
}

/* Where hooks of the same project are made. */
static char *beside(const struct registry_hook *hook)
{
	const char *slash = strrchr(hook->forge, '/');

	if (hook->app || !slash)
		return str_dup(hook->forge);
	return str_format("%.*s", (int)(slash - hook->forge), hook->forge);
}

/* The forge's hook, if we made it and nobody says that it is another. */
static char *known_path(const struct registry_hook *hook, const struct options *options)
{
	return hook->app || options->project || options->app ? NULL
							     : str_dup(hook->forge);
}

static int refuse_path(const struct registry_hook *hook, const char *project,
		       struct error *err)
{
	if (!str_equal(hook->provider, "github") && !str_equal(hook->provider, "gitlab"))
		return error_set(err, ERROR_USAGE,
				 "--create knows github and gitlab, not %s: enter the "
				 "url there by hand",
				 hook->provider);
	return error_set(err, ERROR_USAGE,
			 "'%s' is no owner/repository: --project or --app says whose "
			 "hook it is",
			 project);
}

static int find_path(struct registry_hook *hook, const struct options *options,
		     struct error *err)
{
	const char *project = options->project ? options->project : hook->name;
	char *path = NULL;

	if (hook->forge && !options->project && !options->app) {
		path = beside(hook);
	} else {
		free(hook->app);
		hook->app = str_dup(options->app);
		path = forge_path(hook, options->app ? NULL : project);
	}
	if (!path)
		return refuse_path(hook, project, err);
	free(hook->forge);
	hook->forge = path;
	return 0;
}

/* A name of the forge's own is put into JSON as it is. */
static int check_events(const char *events, struct error *err)
{
	if (!*events ||
	    (!str_equal(events, "*") &&
	     strspn(events, "abcdefghijklmnopqrstuvwxyz_,") != strlen(events)))
		return error_set(err, ERROR_USAGE,
				 "--events wants push,… or '*', not '%s'", events);
	return 0;
}

static int keep(const struct registry_hook *hook, const struct layout *layout,
		struct error *err)
{
	auto_registry struct registry registry = REGISTRY_NONE;

	if (registry_open(&registry, layout, err) < 0)
		return -1;
	return registry_set_forge(&registry, hook, err);
}

static int put(struct create *create, const struct forge_wish *wish, struct error *err)
{
	auto_forge struct forge forge = FORGE_NONE;
	char *made = NULL;

	if (forge_open(&forge, create->hook, create->layout, err) < 0 ||
	    forge_put(&made, &create->begun, &forge, wish, err) < 0)
		return -1;
	free(create->hook->forge);
	create->hook->forge = made;
	create->begun = true;
	return keep(create->hook, create->layout, err);
}

int create_hook(struct create *create, struct error *err)
{
	struct registry_hook *hook = create->hook;
	const char *events = create->options->events;
	auto_free char *url = NULL;
	auto_free char *known = known_path(hook, create->options);
	struct forge_wish wish = { .events = events ? events : "" };

	if (check_url(hook->url, err) < 0 || (events && check_events(events, err) < 0) ||
	    find_path(hook, create->options, err) < 0)
		return -1;
	url = str_format("%s/hook/%s", hook->url, hook->id);
	wish.url = url;
	wish.known = known;
	wish.secret = (struct str_view){ buf_str(create->secret), create->secret->len };
	if (put(create, &wish, err) == 0)
		return 0;
	if (create->begun)
		return error_wrap(err, "the hook is perhaps made, the same once more "
				       "makes sure");
	return error_wrap(err, "make the hook at the forge");
}

int create_undo(const struct registry_hook *hook, const struct layout *layout,
		struct error *err)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	auto_vault struct vault vault = VAULT_NONE;
	auto_free char *name = registry_secret_name(hook->id);
	const struct recovered_place place = { layout->state, hook->id };
	bool found = false;
	size_t i;

	if (registry_open(&registry, layout, err) < 0 ||
	    vault_open_layout(&vault, layout, err) < 0 ||
	    registry_remove(&registry, hook->id, err) < 0)
		return -1;
	for (i = 0; i < ROTATION_OLD; i++) {
		auto_free char *old = rotation_secret_name(hook->id, i);

		if (vault_delete(&found, &vault, old, err) < 0)
			return -1;
	}
	if (rotation_forget(layout->state, hook->id, err) < 0 ||
	    recovered_forget(&place, err) < 0)
		return -1;
	return vault_delete(&found, &vault, name, err);
}
