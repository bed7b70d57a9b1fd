#include "lib/crypto_hash.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdlib.h>

void crypto_hash_start(struct crypto_hash *hash)
{
	gnutls_hash_hd_t state = NULL;

	crypto_hash_free(hash);
	/* A digest that was not made must never be stored. */
	if (gnutls_hash_init(&state, GNUTLS_DIG_SHA256) < 0)
		abort();
	hash->state = state;
}

void crypto_hash_add(struct crypto_hash *hash, const void *bytes, size_t len)
{
	if (len > 0 && gnutls_hash(hash->state, bytes, len) < 0)
		abort();
}

void crypto_hash_finish(struct crypto_hash *hash,
			uint8_t digest[static CRYPTO_SHA256_LEN])
{
	gnutls_hash_deinit(hash->state, digest);
	hash->state = NULL;
}

void crypto_hash_free(struct crypto_hash *hash)
{
	if (hash->state)
		gnutls_hash_deinit(hash->state, NULL);
	hash->state = NULL;
}
