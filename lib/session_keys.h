#ifndef LIB_SESSION_KEYS_H
#define LIB_SESSION_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/crypto_sign.h"

struct error;
struct jwk;
struct vault;

/*
 * The keys that sign our sessions: a JSON Web Key Set in the vault (identity/session), the one
 * that signs first, then those that once did.  The public halves of all are in
 * <state>/sessions/keys.jwks, for whoever verifies and has no master key.
 */
#define SESSION_KEYS_KEPT 3

/* What is there; one of Ed25519 is made, and the public file written, when none is.  dir is
 * <state>/sessions. */
int session_keys_load(struct buf *set, const struct vault *vault, int dir, int64_t now_s,
		      struct error *err);

/* A new one signs from now on; tokens of the two before it still verify. */
int session_keys_rotate(const struct vault *vault, int dir, enum crypto_scheme scheme,
			int64_t now_s, struct error *err);

/* The one that signs. */
int session_keys_signer(struct jwk *key, enum crypto_scheme *scheme,
			const struct buf *set, struct error *err);

/* Append the public halves as a JSON Web Key Set. */
void session_keys_public(struct buf *out, const struct buf *set);

#endif
