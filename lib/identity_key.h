#ifndef LIB_IDENTITY_KEY_H
#define LIB_IDENTITY_KEY_H

#include <stdint.h>

#include "lib/crypto.h"

struct error;
struct vault;

/*
 * The keys with which we know our own API keys and sessions again.  They are derived, one for each
 * purpose, from 32 random bytes that are made when they are first needed and kept in the
 * vault as identity/pepper: so they hang on the master key, and outlive its replacement.
 */
int identity_key(uint8_t key[static CRYPTO_KEY_LEN], const struct vault *vault,
		 const char *purpose, struct error *err);

#endif
