#ifndef LIB_CRYPTO_H
#define LIB_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/str.h"

struct buf;
struct error;

/*
 * The only module that knows GnuTLS, with crypto_sign.  What cannot fail but by a broken library or
 * lack of memory (digests, randomness) ends the process by abort(3), so that nobody
 * goes on with a digest that was never made.
 */
#define CRYPTO_SHA256_LEN 32
#define CRYPTO_KEY_LEN 32   /* AES-256 */
#define CRYPTO_NONCE_LEN 12 /* GCM */
#define CRYPTO_TAG_LEN 16   /* GCM */

void crypto_sha256(uint8_t digest[static CRYPTO_SHA256_LEN], const void *bytes,
		   size_t len);

/* HMAC-SHA-256 in one go; a key of any length, also none. */
void crypto_hmac_sha256(uint8_t digest[static CRYPTO_SHA256_LEN], struct str_view key,
			const void *bytes, size_t len);

/* HMAC-SHA-256 of bytes that arrive in pieces: start, add any number of times, finish. */
struct crypto_hmac {
	void *state; /* NULL when there is none */
};

#define CRYPTO_HMAC_NONE                                                                 \
	{                                                                                \
		NULL                                                                     \
	}
#define auto_hmac __attribute__((cleanup(crypto_hmac_free)))

/* The key is copied into the state; what was begun before is forgotten. */
void crypto_hmac_start(struct crypto_hmac *hmac, const void *key, size_t key_len);
void crypto_hmac_add(struct crypto_hmac *hmac, const void *bytes, size_t len);

/* Gives the digest; hmac is empty afterwards. */
void crypto_hmac_finish(struct crypto_hmac *hmac,
			uint8_t digest[static CRYPTO_SHA256_LEN]);
void crypto_hmac_free(struct crypto_hmac *hmac);

/* Do len bytes agree?  Takes the same time wherever they differ. */
bool crypto_equal(const void *a, const void *b, size_t len);

/* Bytes fit for keys. */
void crypto_random(void *out, size_t len);

/* Overwrite bytes in a way the compiler keeps. */
void crypto_wipe(void *bytes, size_t len);

/* AES-256-GCM: a key and a nonce that was never used with it, and what is authenticated
 * though not hidden. */
struct crypto_gcm {
	const uint8_t *key;   /* CRYPTO_KEY_LEN bytes */
	const uint8_t *nonce; /* CRYPTO_NONCE_LEN bytes */
	struct str_view aad;
};

/* Append the sealed bytes and the tag: len + CRYPTO_TAG_LEN. */
void crypto_gcm_seal(struct buf *out, const struct crypto_gcm *gcm, const void *bytes,
		     size_t len);

/* Append the plain bytes of what was sealed, the tag at its end; ERROR_DENIED and out
 * unchanged when key, nonce, aad or a byte is another. */
int crypto_gcm_open(struct buf *out, const struct crypto_gcm *gcm, const void *sealed,
		    size_t len, struct error *err);

/* What is read here is an RSA key of 2048 bits or more; crypto_sign makes others of numbers. */
struct crypto_private_key {
	void *handle;
};
struct crypto_public_key {
	void *handle;
	size_t bytes; /* of the modulus, and so of a signature; of a coordinate */
};

#define CRYPTO_PRIVATE_KEY_NONE                                                          \
	{                                                                                \
		NULL                                                                     \
	}
#define CRYPTO_PUBLIC_KEY_NONE                                                           \
	{                                                                                \
		NULL, 0                                                                  \
	}
#define auto_private_key __attribute__((cleanup(crypto_private_key_free)))
#define auto_public_key __attribute__((cleanup(crypto_public_key_free)))

/* PEM as PKCS#1 or PKCS#8 without a passphrase; line breaks may be written as "\n" (two
 * characters), as keys from environment files have them.  ERROR_DATA otherwise. */
int crypto_private_key_read(struct crypto_private_key *key, const char *pem, size_t len,
			    struct error *err);
/* The RSA key that a PKCS#11 URI (RFC 7512) names: it stays in its token, which signs.  The PIN
 * is where the URI's pin-source says.  ERROR_CONFIG when there is no such key. */
int crypto_private_key_uri(struct crypto_private_key *key, const char *uri,
			   struct error *err);
void crypto_private_key_free(struct crypto_private_key *key);

/* PEM as SubjectPublicKeyInfo ("BEGIN PUBLIC KEY"). */
int crypto_public_key_read(struct crypto_public_key *key, const char *pem, size_t len,
			   struct error *err);

/* The numbers of a JSON Web Key, big-endian bytes. */
int crypto_public_key_numbers(struct crypto_public_key *key, struct str_view modulus,
			      struct str_view exponent, struct error *err);
int crypto_public_key_of(struct crypto_public_key *key,
			 const struct crypto_private_key *from, struct error *err);
void crypto_public_key_free(struct crypto_public_key *key);

/* SHA-256 of the key's SubjectPublicKeyInfo: what GitHub shows, in base 64, beside an App's key. */
int crypto_public_key_digest(uint8_t digest[static CRYPTO_SHA256_LEN],
			     const struct crypto_public_key *key, struct error *err);

/* Ed25519 of RFC 8032: the public key and the seed that a private key is made of. */
#define CRYPTO_ED25519_KEY_LEN 32
#define CRYPTO_ED25519_LEN 64 /* of a signature */

/* A signature of another length is none. */
bool crypto_ed25519_verify(const uint8_t key[static CRYPTO_ED25519_KEY_LEN],
			   struct str_view bytes, struct str_view signature);

/* key: the seed's bytes, or a private key as PEM (PKCS#8).  ERROR_DATA for another. */
int crypto_ed25519_sign(uint8_t signature[static CRYPTO_ED25519_LEN], struct str_view key,
			struct str_view bytes, struct error *err);

#endif
