#ifndef BIN_TOKENMINT_REJECT_H
#define BIN_TOKENMINT_REJECT_H

#include "bin/tokenmint/installation.h"
#include "bin/tokenmint/mint.h"
#include "bin/tokenmint/scope.h"
#include "lib/buf.h"

struct error;

/* Base 64 of the SHA-256: what GitHub's audit log calls hashed_token. */
void reject_hash(struct buf *hash, struct str_view token);

/*
 * A server refused the token with this hash: drop it, so that the next who asks gets a new
 * one.  Only when it is the stored one: what came in its place meanwhile stays.
 */
int reject_token(const struct mint *mint, const struct installation *installation,
		 const struct scope *scope, const char *hash, struct error *err);

#endif
