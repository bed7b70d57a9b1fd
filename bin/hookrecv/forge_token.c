#include "bin/hookrecv/forge_token.h"

#include <string.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/config.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/process.h"
#include "lib/registry.h"
#include "lib/str.h"
#include "lib/vault.h"

#define GITLAB_TOKEN "global/gitlab.token"
#define REPOSITORIES "/repos/"

enum { LIMIT = 16384, TIMEOUT_MS = 60000 };

static void trim(struct buf *token)
{
	while (token->len > 0 && token->data[token->len - 1] == '\n')
		buf_cut(token, token->len - 1);
}

static int run_tokenmint(struct buf *token, const char *const *argv, struct error *err)
{
	const struct process_call call = { .argv = argv,
					   .limit = LIMIT,
					   .timeout_ms = TIMEOUT_MS };

	if (process_capture(token, &call, err) < 0) {
		/* No App, or not installed there: who asks may not. */
		if (err->kind == ERROR_ABSENT)
			err->kind = ERROR_DENIED;
		return -1;
	}
	trim(token);
	return 0;
}

/* "acme/site" of "/repos/acme/site/hooks/7". */
static char *repository_of(const char *path)
{
	const char *name = path + strlen(REPOSITORIES);
	const char *slash = strchr(name, '/');

	slash = slash ? strchr(slash + 1, '/') : NULL;
	return str_format("%.*s", slash ? (int)(slash - name) : (int)strlen(name), name);
}

static int mint(struct buf *token, const struct registry_hook *hook, struct error *err)
{
	auto_free char *repository = NULL;
	const char *jwt[] = { "tokenmint", "jwt", hook->app, NULL };
	const char *get[] = { "tokenmint", "get", NULL, "--min-ttl", "10m", NULL };

	if (hook->app)
		return run_tokenmint(token, jwt, err);
	if (!str_starts(hook->forge, REPOSITORIES))
		return error_set(err, ERROR_DATA, "'%s' is no hook of a repository",
				 hook->forge);
	repository = repository_of(hook->forge);
	get[2] = repository;
	return run_tokenmint(token, get, err);
}

/* Somebody may have put the token itself into the setting: it is not told. */
static int unseal(struct buf *token, const char *name, const struct layout *layout,
		  struct error *err)
{
	auto_vault struct vault vault = VAULT_NONE;
	auto_vault_secret struct vault_secret secret = VAULT_SECRET_EMPTY;

	if (!vault_is_name(name))
		return error_set(err, ERROR_CONFIG,
				 "HOOKTOOLS_…_TOKEN_NAME is no name of a secret, "
				 "as " GITLAB_TOKEN);
	if (vault_open_layout(&vault, layout, err) < 0 ||
	    vault_get(&secret, &vault, name, err) < 0)
		return -1;
	if (!secret.found)
		return error_set(err, ERROR_CONFIG,
				 "no token for the forge: tokenmint vault put %s", name);
	buf_add(token, buf_str(&secret.bytes), secret.bytes.len);
	trim(token);
	return 0;
}

int forge_token(struct buf *token, const struct registry_hook *hook,
		const struct layout *layout, struct error *err)
{
	bool is_gitlab = str_equal(hook->provider, "gitlab");
	auto_config struct config config = CONFIG_EMPTY;
	const char *name = NULL;

	if (config_load(&config, layout, err) < 0)
		return -1;
	name = config_get(&config, is_gitlab ? "HOOKTOOLS_GITLAB_TOKEN_NAME"
					     : "HOOKTOOLS_GITHUB_TOKEN_NAME");
	if (is_gitlab || (name && !hook->app))
		return unseal(token, name ? name : GITLAB_TOKEN, layout, err);
	process_prefer(layout->bin);
	return mint(token, hook, err);
}
