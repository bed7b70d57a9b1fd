#include "bin/tokenmint/personal.h"

#include <string.h>

#include "bin/tokenmint/options.h"
#include "lib/config.h"
#include "lib/date.h"
#include "lib/error.h"

#define SETTING "HOOKTOOLS_GITHUB_TOKEN_NAME"
#define HOUR_MS ((int64_t)3600 * 1000)

static int check(const struct vault_secret *token, const char *name, struct error *err)
{
	if (!token->found)
		return error_set(err, ERROR_CONFIG,
				 SETTING " names '%.200s', which is not in the vault",
				 name);
	if (token->expires_ms > 0 && token->expires_ms <= date_now_ms())
		return error_set(err, ERROR_CONFIG,
				 "the personal access token '%.200s' has expired", name);
	return 0;
}

/* Its line break is the editor's, and none of the token's. */
static void trim(struct buf *token)
{
	while (token->len > 0 && token->data[token->len - 1] == '\n')
		buf_cut(token, token->len - 1);
}

int personal_obtain(bool *found, struct obtained *obtained, const struct mint *mint,
		    const struct options *options, struct error *err)
{
	auto_config struct config config = CONFIG_EMPTY;
	auto_vault_secret struct vault_secret token = VAULT_SECRET_EMPTY;
	const char *name = NULL;

	if (config_load(&config, &mint->layout, err) < 0)
		return -1;
	name = config_get(&config, SETTING);
	*found = name != NULL;
	if (!name)
		return 0;
	if (options->repository_count > 0 || options->permission_count > 0)
		return error_set(err, ERROR_USAGE,
				 "a personal access token cannot be limited: "
				 "-r and -p want an App");
	if (vault_get(&token, &mint->vault, name, err) < 0 ||
	    check(&token, name, err) < 0)
		return -1;
	trim(&token.bytes);
	/* One without an end is asked for again now and then. */
	if (token.expires_ms == 0)
		token.expires_ms = date_now_ms() + HOUR_MS;
	obtained->token = token;
	token = (struct vault_secret)VAULT_SECRET_EMPTY;
	return 0;
}
