#include "bin/tokenmint/token.h"

#include <inttypes.h>
#include <string.h>

#include "bin/tokenmint/exchange.h"
#include "bin/tokenmint/turn.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"

char *token_name(uint64_t id, const char *suffix)
{
	return str_format("installation/%" PRIu64 "%s", id, suffix);
}

static bool lives(const struct vault_secret *token, uint64_t for_ms)
{
	return token->found && token->expires_ms > date_now_ms() + (int64_t)for_ms;
}

/* Ask GitHub and keep what it gives; a failure is told to those who wait. */
static int mint_token(struct vault_secret *token, struct mint *mint,
		      const struct turn *turn, const struct token_wish *wish,
		      struct error *err)
{
	const struct buf *body = &wish->scope->body;
	auto_free char *name = token_name(wish->installation->id, wish->scope->suffix);

	if (exchange_mint(token, mint, wish->installation,
			  (struct str_view){ body->data, body->len }, err) < 0) {
		turn_failed(turn, err, mint->limited_s);
		return -1;
	}
	if (vault_put(&mint->vault, name,
		      (struct str_view){ token->bytes.data, token->bytes.len },
		      token->expires_ms, err) < 0)
		return -1;
	turn_succeeded(turn);
	return 0;
}

/* Wait for our turn; another process may have stored one meanwhile. */
static int take_turn(struct vault_secret *token, struct mint *mint,
		     const struct token_wish *wish, struct error *err)
{
	auto_turn struct turn turn = TURN_NONE;
	auto_vault_secret struct vault_secret minted = VAULT_SECRET_EMPTY;
	auto_free char *name = token_name(wish->installation->id, wish->scope->suffix);

	if (turn_take(&turn, &mint->vault, name, err) < 0 ||
	    vault_get(token, &mint->vault, name, err) < 0)
		return -1;
	if (lives(token, wish->min_ttl_ms))
		return 0;
	if (mint_token(&minted, mint, &turn, wish, err) < 0)
		return -1;
	vault_secret_wipe(token);
	*token = minted;
	minted = (struct vault_secret)VAULT_SECRET_EMPTY;
	return 0;
}

int token_get(struct vault_secret *token, bool *is_stale, struct mint *mint,
	      const struct token_wish *wish, struct error *err)
{
	auto_free char *name = token_name(wish->installation->id, wish->scope->suffix);

	*is_stale = false;
	if (vault_get(token, &mint->vault, name, err) < 0)
		return -1;
	if (lives(token, wish->min_ttl_ms))
		return 0;
	if (take_turn(token, mint, wish, err) == 0)
		return 0;
	if (!lives(token, 0) ||
	    (err->kind != ERROR_TEMPORARY && err->kind != ERROR_SYSTEM))
		return -1;
	*is_stale = true;
	return 0;
}

int token_renew(struct mint *mint, const struct installation *installation,
		int64_t newer_ms, struct error *err)
{
	auto_turn struct turn turn = TURN_NONE;
	auto_vault_secret struct vault_secret token = VAULT_SECRET_EMPTY;
	auto_free char *name = token_name(installation->id, "");
	const struct scope everything = SCOPE_EMPTY;
	const struct token_wish wish = { installation, &everything, 0 };

	if (turn_take(&turn, &mint->vault, name, err) < 0 ||
	    vault_get(&token, &mint->vault, name, err) < 0)
		return -1;
	if (lives(&token, 0) && token.stored_ms > newer_ms)
		return 0;
	return mint_token(&token, mint, &turn, &wish, err);
}

int token_remove(const struct mint *mint, uint64_t id, struct error *err)
{
	auto_free char *name = token_name(id, "");
	auto_free char *scoped = token_name(id, ".");
	auto_buf struct buf names = BUF_EMPTY;
	const char *rest = NULL;
	bool found = false;

	if (vault_delete(&found, &mint->vault, name, err) < 0 ||
	    vault_list(&names, &mint->vault, scoped, err) < 0)
		return -1;
	for (rest = buf_str(&names); rest;) {
		struct str_view line = str_split(&rest, '\n');
		auto_free char *each = str_format("%.*s", (int)line.len, line.data);

		if (line.len > 0 && vault_delete(&found, &mint->vault, each, err) < 0)
			return -1;
	}
	return 0;
}
