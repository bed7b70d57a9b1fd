#ifndef BIN_TOKENMINT_TOKEN_H
#define BIN_TOKENMINT_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "bin/tokenmint/installation.h"
#include "bin/tokenmint/mint.h"
#include "bin/tokenmint/scope.h"
#include "lib/str.h"

struct error;

/* Installation tokens, kept in the vault as installation/<id>, or installation/<id>.<scope>. */

/* That name for a scope's suffix ("" for none); the caller frees it. */
char *token_name(const struct installation *installation, const char *suffix);

/*
 * The stored token when it lives for min_ttl_ms yet, else a new one; one process mints, the
 * others wait and take what it got.  When GitHub cannot be reached, or gives one that lives for
 * less, a token that still lives is given, *is_stale is true and err tells why; not so when
 * the wish is strict: then nothing that lives for less is given.
 */
struct token_wish {
	const struct installation *installation;
	const struct scope *scope;
	uint64_t min_ttl_ms;
	bool is_strict;
};

int token_get(struct vault_secret *token, bool *is_stale, struct mint *mint,
	      const struct token_wish *wish, struct error *err);

/* A new token of the scope in the place of the old one, unless that was stored after newer_ms.
 * GitHub is asked even if it has just said that there is none. */
int token_renew(struct mint *mint, const struct installation *installation,
		const struct scope *scope, int64_t newer_ms, struct error *err);

/* Remove a token of a scope, by its name in the vault, when it has ended.  *found: there was one. */
int token_let_end(bool *found, bool *ended, const struct mint *mint, const char *name,
		  struct error *err);

/* Is it the name of a token that is limited: installation/<id>.<scope>? */
bool token_is_scoped(struct str_view name);

/* Remove the installation's token and those of its scopes. */
int token_remove(const struct mint *mint, const struct installation *installation,
		 struct error *err);

#endif
