#ifndef BIN_HOOKRECV_SIGN_H
#define BIN_HOOKRECV_SIGN_H

#include <stdint.h>

#include "bin/hookrecv/provider.h"
#include "lib/str.h"

struct buf;
struct error;

/* What a forge would send.  The secret is the hook's, or the private key that belongs to
 * it where that is a public one: PEM, or its seed in base 64. */
struct sign_request {
	const struct provider *provider;
	struct str_view secret;
	struct str_view body;
	const char *event;
	const char *delivery;
	int64_t now_ms;
};

/* Append the headers, a line each.  A secret that cannot sign is ERROR_DATA. */
int sign_write(struct buf *out, const struct sign_request *request, struct error *err);

#endif
