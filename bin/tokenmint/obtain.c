#include "bin/tokenmint/obtain.h"

#include "bin/tokenmint/agent.h"
#include "bin/tokenmint/find.h"
#include "bin/tokenmint/mint.h"
#include "bin/tokenmint/options.h"
#include "bin/tokenmint/personal.h"
#include "bin/tokenmint/reject.h"
#include "bin/tokenmint/token.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/log.h"

void obtained_wipe(struct obtained *obtained)
{
	vault_secret_wipe(&obtained->token);
	obtained->installation = (struct installation)INSTALLATION_EMPTY;
}

static int obtain(struct vault_secret *token, struct installation *installation,
		  struct mint *mint, const struct options *options, struct error *err)
{
	auto_scope struct scope scope = SCOPE_EMPTY;
	struct token_wish wish = { installation, &scope, options->min_ttl_ms,
				   options->is_ttl_asked };
	bool is_stale = false;

	scope_make(&scope, options);
	if (token_get(token, &is_stale, mint, &wish, err) < 0)
		return -1;
	if (is_stale)
		log_warning("%s: giving the stored token, which lives for %lld s yet",
			    err->message,
			    (long long)(token->expires_ms - date_now_ms()) / 1000);
	return 0;
}

/* An installation that GitHub no longer knows may have been made anew under another number. */
static int find_again(struct installation *installation, struct mint *mint,
		      const struct options *options, const char *name, struct error *err)
{
	struct error gone = *err;
	uint64_t id = installation->id;

	if (installation_forget(installation, &mint->layout, err) < 0 ||
	    find_installation(installation, mint, name, options->app, err) < 0)
		return -1;
	if (installation->id != id)
		return 0;
	*err = gone;
	return -1;
}

/* The one that a server refused is not given again. */
static int reject(const struct mint *mint, const struct options *options,
		  const struct installation *installation, struct error *err)
{
	auto_scope struct scope scope = SCOPE_EMPTY;

	if (!options->refused)
		return 0;
	scope_make(&scope, options);
	return reject_token(mint, installation, &scope, options->refused, err);
}

static int obtain_own(struct obtained *obtained, struct mint *mint,
		      const struct options *options, const char *name, struct error *err)
{
	struct installation *installation = &obtained->installation;

	if (find_installation(installation, mint, name, options->app, err) < 0 ||
	    reject(mint, options, installation, err) < 0)
		return -1;
	if (obtain(&obtained->token, installation, mint, options, err) == 0)
		return 0;
	if (err->kind != ERROR_ABSENT ||
	    find_again(installation, mint, options, name, err) < 0)
		return -1;
	return obtain(&obtained->token, installation, mint, options, err);
}

/* Without an App it may be a person's token. */
static int obtain_any(struct obtained *obtained, struct mint *mint,
		      const struct options *options, const char *name, struct error *err)
{
	struct error no_app = { 0 };
	bool found = false;

	if (obtain_own(obtained, mint, options, name, err) == 0)
		return 0;
	if (err->kind != ERROR_CONFIG || options->app || !str_is_name(name))
		return -1;
	no_app = *err;
	if (personal_obtain(&found, obtained, mint, options, err) < 0)
		return -1;
	if (found)
		return 0;
	*err = no_app;
	return -1;
}

int obtain_token(struct obtained *obtained, const struct options *options,
		 const char *name, struct error *err)
{
	auto_mint struct mint mint = MINT_NONE;

	if (options->agent)
		return agent_obtain(obtained, options, name, err);
	if (mint_open(&mint, err) < 0)
		return -1;
	return obtain_any(obtained, &mint, options, name, err);
}
