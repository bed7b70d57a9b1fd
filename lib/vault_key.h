#ifndef LIB_VAULT_KEY_H
#define LIB_VAULT_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/crypto.h"

struct error;

/*
 * The master key of the vault: a file of 64 hexadecimal digits and a line break that its
 * owner alone may read (mode 0400 or 0600).  A file of root's that root let us read (systemd's
 * credentials) may have mode 0440.
 */

/* Make a new key with mode 0400 where no file is; one that is there stays, is checked, and
 * *made is false. */
int vault_key_make(bool *made, const char *key_file, struct error *err);

/* No file is ERROR_CONFIG, a looser mode or another owner ERROR_DENIED. */
int vault_key_read(uint8_t key[static CRYPTO_KEY_LEN], const char *key_file,
		   struct error *err);

#endif
