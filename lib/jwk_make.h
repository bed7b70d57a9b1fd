#ifndef LIB_JWK_MAKE_H
#define LIB_JWK_MAKE_H

#include <stdint.h>

#include "lib/crypto_sign.h"
#include "lib/str.h"

struct buf;
struct error;

/*
 * Append the text of a new private JSON Web Key for signing with CRYPTO_ES256 or CRYPTO_EDDSA:
 * kid is the first 16 characters of its thumbprint (RFC 7638), and "iat" the time, in
 * seconds.
 */
int jwk_make(struct buf *text, enum crypto_scheme scheme, int64_t now_s,
	     struct error *err);

/* Append the public half of such a text, without "iat". */
void jwk_make_public(struct buf *out, struct str_view private_text);

#endif
