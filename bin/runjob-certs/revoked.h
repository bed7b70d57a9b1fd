#ifndef BIN_RUNJOB_CERTS_REVOKED_H
#define BIN_RUNJOB_CERTS_REVOKED_H

#include <stdbool.h>

struct buf;
struct certificate;
struct error;

/*
 * The file of what was revoked: fingerprints, one a line, with comments that begin with '#'.
 * Revocation lists (PEM) in it are the server's to read.
 */

/* Its text; a missing one is empty. */
int revoked_read(struct buf *text, const char *path, struct error *err);
bool revoked_has(const struct buf *text, const char *hash);

/* Add it, unless it is there. */
int revoked_add(const char *path, const struct certificate *certificate,
		struct error *err);

#endif
