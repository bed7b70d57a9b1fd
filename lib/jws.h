#ifndef LIB_JWS_H
#define LIB_JWS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/buf.h"
#include "lib/crypto_sign.h"
#include "lib/str.h"

struct error;
struct jwk;

/*
 * JSON Web Signature (RFC 7515), the compact form only, strictly: what is not written as the
 * RFC says is no token.  The caller says which algorithms may be; the token's "alg" must be one
 * of them and fit the key that is tried, so that no token chooses how it is checked.  "none" is
 * no algorithm here.
 */
#define JWS_TOKEN_MAX (1024 * 1024)
#define JWS_HEADER_MAX 65536 /* bytes of base64url */
#define JWS_TRIES 16	     /* keys that are tried for a token without a kid */

/* "RS256"; exactly as it is written, otherwise false. */
bool jws_algorithm(enum crypto_scheme *scheme, struct str_view name);
const char *jws_algorithm_name(enum crypto_scheme scheme);

/* A set of algorithms: JWS_ALGORITHM(CRYPTO_ES256) | JWS_ALGORITHM(CRYPTO_EDDSA). */
#define JWS_ALGORITHM(scheme) (1u << (scheme))

/* Those that the key can be used with: of its kind, its own "alg" where it has one, and no
 * digest longer than its secret (RFC 7518 section 3.2).  None when it may not verify. */
unsigned jws_algorithms_of(const struct jwk *key);

struct jws_signer {
	const struct jwk *key; /* its kid goes into the header */
	enum crypto_scheme scheme;
	const char *type; /* the header's "typ", or NULL */
};

/* Append header.payload.signature.  ERROR_CONFIG when the key may not sign this way, ERROR_DATA
 * when the token would be longer than JWS_TOKEN_MAX. */
int jws_sign(struct buf *token, const struct jws_signer *signer, struct str_view payload,
	     struct error *err);

struct jws_policy {
	unsigned algorithms;
	const struct jwk *keys; /* an array */
	size_t count;
	bool any_kid; /* a key that has no kid takes tokens with any */
};

/*
 * Append what the token holds, once its signature is right: header is its JSON, payload the
 * bytes; ERROR_DENIED, with the rule that was broken, and both unchanged otherwise.
 *
 * Three parts of base64url without padding, white space or stray bits; a header that is a JSON
 * object without a name twice; no "crit", and "b64" only as true; keys that the header brings
 * or points to (jwk, jku, x5c, x5u) are not looked at.  With a "kid" only keys of that kid are
 * tried, without one each key that fits, JWS_TRIES at most.
 */
struct jws_parts {
	struct buf header;
	struct buf payload;
};

int jws_verify(struct jws_parts *parts, const struct jws_policy *policy,
	       struct str_view token, struct error *err);

#define JWS_PARTS_EMPTY                                                                  \
	{                                                                                \
		BUF_EMPTY, BUF_EMPTY                                                     \
	}
#define auto_jws_parts __attribute__((cleanup(jws_parts_free)))

void jws_parts_free(struct jws_parts *parts);

#endif
