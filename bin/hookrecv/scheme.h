#ifndef BIN_HOOKRECV_SCHEME_H
#define BIN_HOOKRECV_SCHEME_H

#include <stdbool.h>
#include <stdint.h>

#include "bin/hookrecv/provider.h"
#include "lib/str.h"

struct buf;

/* The parts of a scheme that verifying and signing share: key, signed bytes, encodings. */

/* The key that the secret stands for; false when the scheme cannot use it. */
bool scheme_key(struct buf *key, const struct provider_scheme *scheme,
		struct str_view secret);

/* Has the secret the mark in front, or has the scheme none? */
bool scheme_has_mark(const struct provider_scheme *scheme, struct str_view secret);

/* What stands for the names in the content; NULL when the sender gave none. */
struct scheme_values {
	const char *id;
	const char *time;
	const char *nonce;
};

/* Append what is signed in front of the body and behind it; false without a value. */
bool scheme_content(struct buf *before, struct buf *after,
		    const struct provider_scheme *scheme,
		    const struct scheme_values *values);

/* A signature's bytes as they stand in the header, and back. */
void scheme_encode(struct buf *out, const struct provider_scheme *scheme,
		   struct str_view bytes);
bool scheme_decode(struct buf *bytes, const struct provider_scheme *scheme,
		   struct str_view text);

#endif
