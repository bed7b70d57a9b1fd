#ifndef BIN_TOKENMINT_SIGNER_H
#define BIN_TOKENMINT_SIGNER_H

#include <stdint.h>

#include "bin/tokenmint/app.h"
#include "lib/crypto.h"

struct error;
struct layout;

/*
 * Who signs for an App: its key in the vault, a key in a PKCS#11 token, or a command.  The
 * command's line stands in <conf>/signers.d/<name>.json, {"exec": ["/path", "argument"]}, and
 * nowhere else; it reads what is to be signed and writes an RS256 signature, as bytes or in
 * base64url.
 */

/* Append an App JWT for the time given. */
int signer_sign(struct buf *token, const struct app *app, const struct layout *layout,
		int64_t now_ms, struct error *err);

/* The key; key->handle is NULL when a command has it. */
int signer_key(struct crypto_private_key *key, const struct app *app, struct error *err);

/* Is there a command of that name, to be used as it stands? */
int signer_check(const char *name, const struct layout *layout, struct error *err);

#endif
