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
 * JSON Web Tokens (RFC 7519): what they claim, and the token of a GitHub App, which is signed
 * with RS256 and with nothing else.  Signing and verifying is jws.h's.
 */
#define JWT_LIMIT 16384 /* bytes of an App's token that verify looks at */

/* Append header.payload.signature; payload is a JSON object, signed as it stands. */
int jwt_sign(struct buf *token, const struct crypto_private_key *key,
	     struct str_view payload, struct error *err);

/* Append what GitHub wants of an App: iat a minute back, exp nine minutes ahead, iss as a
 * string. */
void jwt_app_claims(struct buf *payload, const char *issuer, int64_t now_s);

/* The same, signed. */
int jwt_sign_app(struct buf *token, const struct crypto_private_key *key,
		 const char *issuer, int64_t now_s, struct error *err);

/*
 * Append the payload of an App's token whose signature is right; ERROR_DENIED otherwise.  As
 * strict as jws_verify, and the header has "alg":"RS256", "typ" "JWT" or none, and no escapes.
 * Says nothing about the claims.
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

/* What the claims of a token are held against. */
struct jwt_expected {
	const char *issuer;   /* NULL: whoever signed may be */
	const char *audience; /* NULL: a token that names one is for somebody else */
	int64_t now_s;
	int64_t leeway_s; /* clocks may differ by this */
};

/*
 * The payload is a JSON object without a name twice; exp is there and not reached; nbf and iat,
 * where they are, have been; iss is the issuer; aud is the audience, or an array that has it.
 * Times may have a fraction, which is cut off.  ERROR_DENIED names the claim that is not so.
 */
int jwt_check(const struct jwt_expected *expected, struct str_view payload,
	      struct error *err);

#endif
