#ifndef BIN_HOOKRECV_LEAK_H
#define BIN_HOOKRECV_LEAK_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/buf.h"

struct error;
struct keyring_keys;

/*
 * Senders have been seen to send the very secret that they sign with, in a header or a
 * payload, as it is or in base 64.  It must not get into the spool or a log.
 */

enum { LEAK_SPELLINGS = 2 };

/* What a secret looks like. */
struct leak_spelling {
	struct buf text;
	bool for_payloads; /* it is looked for there */
};

/* To LEAK_SPELLINGS places: as it is (what is behind its mark), and in base 64 without the
 * last characters, which depend on what follows. */
void leak_spell(struct leak_spelling *spellings, const struct buf *secret);
void leak_forget(struct leak_spelling *spellings);

/* Is one of the hook's secrets in the text?  Of one shorter than 8 bytes: is it the text? */
bool leak_is_in(const struct keyring_keys *keys, const char *text);

/*
 * Overwrite each secret in JSON text with as many asterisks; one shorter than 16 bytes could
 * be any word, and is let be.  How many were there.  The text stays JSON.
 */
size_t leak_mask(const struct keyring_keys *keys, char *bytes, size_t len);

/* The same in a file from an offset to its end. */
int leak_mask_file(size_t *count, const struct keyring_keys *keys, int fd, size_t from,
		   struct error *err);

#endif
