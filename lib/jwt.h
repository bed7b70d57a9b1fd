#ifndef LIB_JWT_H
#define LIB_JWT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/str.h"

struct buf;
struct crypto_private_key;
struct crypto_public_key;
struct error;

/*
 * JSON Web Tokens (RFC 7519) signed with RS256, and with nothing else: the algorithm is
 * pinned here and never taken from the token.
 */
#define JWT_LIMIT 16384 /* bytes of a token that verify looks at */

/* Append header.payload.signature; payload is a JSON object, signed as it stands. */
int jwt_sign(struct buf *token, const struct crypto_private_key *key,
	     struct str_view payload, struct error *err);

/* What GitHub wants of an App: iat a minute back, exp nine minutes ahead, iss as a string. */
int jwt_sign_app(struct buf *token, const struct crypto_private_key *key,
		 const char *issuer, int64_t now_s, struct error *err);

/*
 * Append the payload of a token whose signature is right; ERROR_DENIED otherwise.  Strict:
 * three parts, strict base64url, a header with "alg":"RS256", "typ" "JWT" or none, no "crit", no
 * escapes.  Says nothing about the claims.
 */
int jwt_verify(struct buf *payload, const struct crypto_public_key *key,
	       struct str_view token, struct error *err);

/* The claims of an App's token; issuer points into the payload. */
struct jwt_claims {
	struct str_view issuer;
	int64_t issued_s;
	int64_t expires_s;
};

/* All three are wanted, the times as whole numbers; ERROR_DENIED names the one that is not. */
int jwt_read_claims(struct jwt_claims *claims, struct str_view payload,
		    struct error *err);

/* Not yet valid, expired, or valid for more than limit_s from now: ERROR_DENIED. */
int jwt_check_times(const struct jwt_claims *claims, int64_t now_s, int64_t limit_s,
		    struct error *err);

#endif
