#include "bin/tokenmint/token.h"

#include <inttypes.h>
#include <string.h>

#include "bin/tokenmint/exchange.h"
#include "bin/tokenmint/trail.h"
#include "bin/tokenmint/turn.h"
#include "bin/tokenmint/used.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"

#define FOLDER "installation/"
#define CLOCK_STEP_MS 5000
#define SCOPE_DIGITS 16

char *token_name(const struct installation *installation, const char *suffix)
{
	char key[INSTALLATION_KEY_LEN] = "";

	installation_key(key, installation);
	return str_format(FOLDER "%s%s", key, suffix);
}

/* One from the future is of a clock that was set back, and its end cannot be relied upon. */
static bool lives(const struct vault_secret *token, uint64_t for_ms)
{
	int64_t now_ms = date_now_ms();

	return token->found && token->expires_ms > now_ms + (int64_t)for_ms &&
	       token->stored_ms <= now_ms + CLOCK_STEP_MS;
}

/* Ask GitHub and keep what it gives; a failure is told to those who wait. */
static int mint_token(struct vault_secret *token, struct mint *mint,
		      const struct turn *turn, const struct token_wish *wish,
		      struct error *err)
{
	const struct buf *body = &wish->scope->body;
	auto_free char *name = token_name(wish->installation, wish->scope->suffix);

	if (exchange_mint(token, mint, wish->installation,
			  (struct str_view){ body->data, body->len }, err) < 0) {
		turn_failed(turn, err, mint->stands_s);
		trail_refused(mint, wish, err);
		return -1;
	}
	trail_minted(mint, wish, token);
	if (vault_put(&mint->vault, name,
		      (struct str_view){ token->bytes.data, token->bytes.len },
		      token->expires_ms, err) < 0)
		return -1;
	turn_succeeded(turn);
	return 0;
}

/* For that app, and what it was told since it is the one it is. */
static int begin(struct turn *turn, const struct mint *mint,
		 const struct installation *installation, struct turn_wish *wish,
		 struct error *err)
{
	auto_app struct app app = APP_EMPTY;

	if (app_load(&app, &mint->vault, installation->app, err) < 0) {
		/* Only GitHub says that an installation is not there. */
		err->kind = err->kind == ERROR_ABSENT ? ERROR_CONFIG : err->kind;
		return -1;
	}
	wish->since_ms = app.secret.stored_ms;
	return turn_take(turn, &mint->vault, wish, err);
}

/* Wait for our turn; another process may have stored one meanwhile. */
static int take_turn(struct vault_secret *token, struct mint *mint,
		     const struct token_wish *wish, struct error *err)
{
	auto_turn struct turn turn = TURN_NONE;
	auto_vault_secret struct vault_secret minted = VAULT_SECRET_EMPTY;
	auto_free char *name = token_name(wish->installation, wish->scope->suffix);
	struct turn_wish asked = { .name = name };

	if (begin(&turn, mint, wish->installation, &asked, err) < 0 ||
	    vault_get(token, &mint->vault, name, err) < 0)
		return -1;
	if (lives(token, wish->min_ttl_ms))
		return 0;
	if (mint_token(&minted, mint, &turn, wish, err) < 0)
		return -1;
	vault_secret_wipe(token);
	*token = minted;
	minted = (struct vault_secret)VAULT_SECRET_EMPTY;
	if (lives(token, wish->min_ttl_ms))
		return 0;
	return error_set(err, ERROR_TEMPORARY,
			 "GitHub's new token lives for %lld s only, %llu s are asked for",
			 (long long)(token->expires_ms - date_now_ms()) / 1000,
			 (unsigned long long)wish->min_ttl_ms / 1000);
}

static int get_token(struct vault_secret *token, bool *is_stale, struct mint *mint,
		     const struct token_wish *wish, struct error *err)
{
	auto_free char *name = token_name(wish->installation, wish->scope->suffix);

	*is_stale = false;
	if (vault_get(token, &mint->vault, name, err) < 0)
		return -1;
	if (lives(token, wish->min_ttl_ms))
		return 0;
	if (take_turn(token, mint, wish, err) == 0)
		return 0;
	if (!lives(token, 0) || wish->is_strict ||
	    (err->kind != ERROR_TEMPORARY && err->kind != ERROR_SYSTEM))
		return -1;
	*is_stale = true;
	return 0;
}

int token_get(struct vault_secret *token, bool *is_stale, struct mint *mint,
	      const struct token_wish *wish, struct error *err)
{
	if (get_token(token, is_stale, mint, wish, err) < 0)
		return -1;
	used_note(&mint->layout, wish->installation, wish->scope);
	return 0;
}

int token_renew(struct mint *mint, const struct installation *installation,
		const struct scope *scope, int64_t newer_ms, struct error *err)
{
	auto_turn struct turn turn = TURN_NONE;
	auto_vault_secret struct vault_secret token = VAULT_SECRET_EMPTY;
	auto_free char *name = token_name(installation, scope->suffix);
	const struct token_wish wish = { installation, scope, 0, false };
	struct turn_wish asked = { .name = name, .is_news = true };

	if (begin(&turn, mint, installation, &asked, err) < 0 ||
	    vault_get(&token, &mint->vault, name, err) < 0)
		return -1;
	if (lives(&token, 0) && token.stored_ms > newer_ms)
		return 0;
	return mint_token(&token, mint, &turn, &wish, err);
}

int token_let_end(bool *found, bool *ended, const struct mint *mint, const char *name,
		  struct error *err)
{
	auto_vault_secret struct vault_secret token = VAULT_SECRET_EMPTY;
	auto_close int lock = -1;

	*ended = false;
	if (vault_lock(&lock, &mint->vault, name, err) < 0 ||
	    vault_get(&token, &mint->vault, name, err) < 0)
		return -1;
	*found = token.found;
	if (!token.found || token.expires_ms > date_now_ms())
		return 0;
	used_forget(&mint->layout, name + strlen(FOLDER));
	return vault_delete(ended, &mint->vault, name, err);
}

bool token_is_scoped(struct str_view name)
{
	size_t at = name.len - SCOPE_DIGITS;

	return name.len > SCOPE_DIGITS && name.data[at - 1] == '.' &&
	       strspn(name.data + at, "0123456789abcdef") >= SCOPE_DIGITS;
}

int token_remove(const struct mint *mint, const struct installation *installation,
		 struct error *err)
{
	auto_free char *name = token_name(installation, "");
	auto_free char *scoped = token_name(installation, ".");
	auto_buf struct buf names = BUF_EMPTY;
	const char *rest = NULL;
	bool found = false;

	if (vault_delete(&found, &mint->vault, name, err) < 0 ||
	    vault_list(&names, &mint->vault, scoped, err) < 0)
		return -1;
	for (rest = buf_str(&names); rest;) {
		struct str_view line = str_split(&rest, '\n');
		auto_free char *each = str_format("%.*s", (int)line.len, line.data);

		/* Else it is one of a host whose name goes on. */
		if (line.len != strlen(scoped) + SCOPE_DIGITS || !token_is_scoped(line))
			continue;
		used_forget(&mint->layout, each + strlen(FOLDER));
		if (vault_delete(&found, &mint->vault, each, err) < 0)
			return -1;
	}
	return 0;
}
