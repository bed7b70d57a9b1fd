#ifndef LIB_CRYPTO_HASH_H
#define LIB_CRYPTO_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "lib/crypto.h"

/* SHA-256 of bytes that arrive in pieces: start, add any number of times, finish. */
struct crypto_hash {
	void *state; /* NULL when there is none */
};

#define CRYPTO_HASH_NONE                                                                 \
	{                                                                                \
		NULL                                                                     \
	}
#define auto_hash __attribute__((cleanup(crypto_hash_free)))

/* What was begun before is forgotten. */
void crypto_hash_start(struct crypto_hash *hash);
void crypto_hash_add(struct crypto_hash *hash, const void *bytes, size_t len);

/* Gives the digest; hash is empty afterwards. */
void crypto_hash_finish(struct crypto_hash *hash,
			uint8_t digest[static CRYPTO_SHA256_LEN]);
void crypto_hash_free(struct crypto_hash *hash);

#endif
