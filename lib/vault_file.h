#ifndef LIB_VAULT_FILE_H
#define LIB_VAULT_FILE_H

#include <stdint.h>

#include "lib/str.h"

struct buf;
struct error;
struct vault_secret;

/* A sealed file, byte by byte as hookvault(5) says. */
#define VAULT_FILE_HEAD 36

/* Whose secret it is, its times, and the key, CRYPTO_KEY_LEN bytes. */
struct vault_seal {
	const uint8_t *key;
	const char *name;
	int64_t expires_ms;
	int64_t stored_ms;
};

/* Append the file to an empty buf. */
void vault_file_seal(struct buf *file, const struct vault_seal *seal,
		     struct str_view bytes);

/* What is in the file when seal's key and name are right; otherwise ERROR_DENIED and secret
 * unchanged.  seal's times are not looked at. */
int vault_file_open(struct vault_secret *secret, const struct vault_seal *seal,
		    const struct buf *file, struct error *err);

#endif
