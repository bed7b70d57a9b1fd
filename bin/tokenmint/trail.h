#ifndef BIN_TOKENMINT_TRAIL_H
#define BIN_TOKENMINT_TRAIL_H

#include "bin/tokenmint/mint.h"
#include "bin/tokenmint/token.h"

struct error;

/* Our lines in the audit file, lib/audit.h.  One that cannot be written is a warning: the token
 * is there, and whoever waits for it is served. */

/* GitHub gave this token for the wish. */
void trail_minted(const struct mint *mint, const struct token_wish *wish,
		  const struct vault_secret *token);

/* GitHub refused one. */
void trail_refused(const struct mint *mint, const struct token_wish *wish,
		   const struct error *why);

/* outcome: "revoked", "gone" or "failed"; name: where it was stored, or NULL. */
void trail_revoked(const struct layout *layout, const char *name, struct str_view token,
		   const char *outcome);

#endif
