#ifndef LIB_CRYPTO_SIGN_H
#define LIB_CRYPTO_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/str.h"

struct buf;
struct crypto_private_key;
struct crypto_public_key;
struct error;

/*
 * The signatures of RFC 7518 section 3 and RFC 8037, and keys that come as numbers
 * (big-endian bytes), as JSON Web Keys have them.  A signature is made and checked in one
 * form only: that of the RFC, of the one length it has.
 */
enum crypto_scheme {
	CRYPTO_HS256,
	CRYPTO_HS384,
	CRYPTO_HS512,
	CRYPTO_RS256,
	CRYPTO_RS384,
	CRYPTO_RS512,
	CRYPTO_PS256, /* the salt is as long as the digest, MGF1 has the same one */
	CRYPTO_PS384,
	CRYPTO_PS512,
	CRYPTO_ES256, /* r and s, each as long as a coordinate */
	CRYPTO_ES384,
	CRYPTO_ES512,
	CRYPTO_EDDSA, /* Ed25519 */
};

enum crypto_curve { CRYPTO_P256, CRYPTO_P384, CRYPTO_P521, CRYPTO_ED25519 };

#define CRYPTO_RSA_BITS_MAX 8192

/* How long a coordinate and a private number are. */
size_t crypto_curve_bytes(enum crypto_curve curve);

/* A point; y is empty for Ed25519.  ERROR_DATA when a coordinate has another length or the
 * point is not on the curve. */
struct crypto_point {
	enum crypto_curve curve;
	struct str_view x;
	struct str_view y;
};

int crypto_public_key_point(struct crypto_public_key *key,
			    const struct crypto_point *point, struct error *err);

/* The private number of a point; ERROR_DATA when they do not belong together. */
int crypto_private_key_point(struct crypto_private_key *key,
			     const struct crypto_point *point, struct str_view number,
			     struct error *err);

/* The numbers of an RSA key of two primes, named as RFC 7518 section 6.3 does.
 * GnuTLS makes the last three anew. */
struct crypto_rsa {
	struct str_view modulus;
	struct str_view exponent;
	struct str_view private;
	struct str_view p;
	struct str_view q;
	struct str_view dp;
	struct str_view dq;
	struct str_view qi;
};

/* An odd modulus of CRYPTO_RSA_BITS_MAX at most, and an odd exponent of 3 or more and 8 bytes
 * at most; no zero byte in front of either.  ERROR_DATA otherwise. */
int crypto_rsa_check(const struct crypto_rsa *rsa, struct error *err);

/* ERROR_DATA when the numbers do not belong together. */
int crypto_private_key_rsa(struct crypto_private_key *key, const struct crypto_rsa *rsa,
			   struct error *err);

/* Append the signature.  A key of another kind than the scheme's is ERROR_DATA. */
int crypto_sign(struct buf *signature, enum crypto_scheme scheme,
		const struct crypto_private_key *key, struct str_view bytes,
		struct error *err);

/* False also for a key of another kind or curve than the scheme's. */
bool crypto_verify(enum crypto_scheme scheme, const struct crypto_public_key *key,
		   struct str_view bytes, struct str_view signature);

/* The digest of CRYPTO_HS256 and its like: gives its length, 32, 48 or 64. */
#define CRYPTO_MAC_MAX 64

size_t crypto_mac(uint8_t digest[static CRYPTO_MAC_MAX], enum crypto_scheme scheme,
		  struct str_view key, struct str_view bytes);

#endif
