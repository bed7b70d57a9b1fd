#ifndef LIB_CRYPTO_MAKE_H
#define LIB_CRYPTO_MAKE_H

#include "lib/buf.h"
#include "lib/crypto_sign.h"

struct error;

/* A new key pair as numbers, each as long as a coordinate of the curve; y stays empty for
 * Ed25519, where d is the seed. */
struct crypto_numbers {
	struct buf x;
	struct buf y;
	struct buf d;
};

#define CRYPTO_NUMBERS_EMPTY                                                             \
	{                                                                                \
		BUF_EMPTY, BUF_EMPTY, BUF_EMPTY                                          \
	}
#define auto_numbers __attribute__((cleanup(crypto_numbers_wipe)))

void crypto_numbers_wipe(struct crypto_numbers *numbers);

/* CRYPTO_P256 or CRYPTO_ED25519. */
int crypto_make_pair(struct crypto_numbers *numbers, enum crypto_curve curve,
		     struct error *err);

#endif
