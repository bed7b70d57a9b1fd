#ifndef BIN_TOKENMINT_EXCHANGE_H
#define BIN_TOKENMINT_EXCHANGE_H

#include "bin/tokenmint/app.h"
#include "bin/tokenmint/installation.h"
#include "bin/tokenmint/mint.h"

struct error;

/* What an App asks GitHub with its own JSON Web Token.  A refusal while the clocks differ is
 * tried once more with GitHub's time. */

/* The id of an owner's installation; repository may be NULL.  Not installed is ERROR_ABSENT. */
int exchange_find(struct installation *installation, struct mint *mint,
		  const char *repository, struct error *err);

/* A new token, limited by body (JSON, may be empty).  token->expires_ms is in our time. */
int exchange_mint(struct vault_secret *token, struct mint *mint,
		  const struct installation *installation, struct str_view body,
		  struct error *err);

#endif
