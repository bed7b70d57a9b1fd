#ifndef LIB_JWK_H
#define LIB_JWK_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/buf.h"
#include "lib/crypto.h"
#include "lib/str.h"

struct error;

/*
 * JSON Web Keys (RFC 7517, 7518, 8037) that sign and verify: RSA of 2048 to 8192 bits, EC on
 * P-256, P-384 and P-521, OKP with Ed25519, oct.  A key that is read is sound: its numbers have
 * the lengths the RFCs want and no other, its point is on the curve, its halves belong together.
 */
#define JWK_TEXT_MAX 65536 /* bytes of a key's text */
#define JWK_SET_TEXT_MAX (1024 * 1024)
#define JWK_SET_MAX 100	  /* keys of a set */
#define JWK_NAME_MAX 1024 /* bytes of a kid */
#define JWK_SECRET_MIN 32 /* bytes of an oct key: no digest of JWS is shorter */
#define JWK_SECRET_MAX 8192

enum jwk_kind { JWK_OCT, JWK_RSA, JWK_P256, JWK_P384, JWK_P521, JWK_ED25519 };

struct jwk {
	enum jwk_kind kind;
	bool may_sign; /* what "use" and "key_ops" allow, and what the key can do */
	bool may_verify;
	struct buf alg; /* as the key says it; empty when it says nothing */
	struct buf kid;
	bool has_kid;
	struct buf secret; /* of JWK_OCT */
	struct crypto_public_key public;
	struct crypto_private_key private;
};

#define JWK_EMPTY                                                                        \
	{                                                                                \
		JWK_OCT, false, false, BUF_EMPTY, BUF_EMPTY, false, BUF_EMPTY,           \
			CRYPTO_PUBLIC_KEY_NONE, CRYPTO_PRIVATE_KEY_NONE                  \
	}
#define auto_jwk __attribute__((cleanup(jwk_free)))

/* What is read of a key that has a private half.  For verifying that half is not looked at:
 * the key is what its public members say. */
enum jwk_half { JWK_PUBLIC, JWK_PRIVATE };

/* ERROR_DATA says what is wrong with the key; no text of the key is in it.  With JWK_PRIVATE a
 * key without a private half is ERROR_DATA. */
int jwk_read(struct jwk *key, struct str_view text, enum jwk_half half,
	     struct error *err);
void jwk_free(struct jwk *key);

struct jwk_set {
	struct jwk *keys; /* an array */
	size_t count;
	size_t ignored;
};

#define JWK_SET_EMPTY                                                                    \
	{                                                                                \
		NULL, 0, 0                                                               \
	}
#define auto_jwk_set __attribute__((cleanup(jwk_set_free)))

/* The keys for verifying of a JWK Set.  Those that jwk_read refuses are ignored (RFC 7517
 * section 5); when none is left that is ERROR_DATA, with what is wrong with the last one. */
int jwk_set_read(struct jwk_set *set, struct str_view text, struct error *err);
void jwk_set_free(struct jwk_set *set);

#endif
