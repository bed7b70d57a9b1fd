#ifndef BIN_HOOKRECV_SIGNATURE_H
#define BIN_HOOKRECV_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bin/hookrecv/provider.h"
#include "lib/crypto.h"
#include "lib/str.h"

struct buf;
struct error;

/*
 * Is a request signed by who knows the secret?  The headers are judged first, the body
 * streams through, and the end tells.  No socket, no clock: both sides of a signature are
 * made here, verifying (serve) and signing (sign).
 */
struct signature {
	const struct provider *provider;
	struct crypto_hmac hmac;
	const char *headers[PROVIDER_SCHEMES]; /* what came; NULL: absent or empty */
};

#define SIGNATURE_NONE                                                                   \
	{                                                                                \
		NULL, CRYPTO_HMAC_NONE,                                                  \
		{                                                                        \
			NULL                                                             \
		}                                                                        \
	}

enum signature_verdict {
	SIGNATURE_GOOD,	   /* so far, or in the end */
	SIGNATURE_MISSING, /* nothing signs it */
	SIGNATURE_BAD,
	SIGNATURE_STALE, /* its time is too far from ours */
};

/* How signature code reads a header: NULL when it is absent. */
typedef const char *signature_header_fn(const void *request, const char *name);

/* A signed time may be off by so much, both ways (Standard Webhooks: five minutes). */
#define SIGNATURE_TOLERANCE_MS (300 * INT64_C(1000))

/* The secret is the hook's, as it is stored; it and the headers must stay until the end. */
struct signature_opening {
	struct str_view secret;
	signature_header_fn *header;
	const void *request; /* handed to header */
	int64_t now_ms;
};

/* What the headers alone tell. */
enum signature_verdict signature_start(struct signature *signature,
				       const struct provider *provider,
				       const struct signature_opening *opening);

/* The next bytes of what is signed. */
void signature_add(struct signature *signature, const void *bytes, size_t len);
enum signature_verdict signature_finish(struct signature *signature);
void signature_free(struct signature *signature);

/* Can the provider work with this secret?  Standard Webhooks wants base 64. */
int signature_check_secret(const struct provider *provider, struct str_view secret,
			   struct error *err);

/* What a forge would send: headers, a line each, appended to out. */
struct signature_request {
	const struct provider *provider;
	struct str_view secret;
	struct str_view body;
	const char *event;
	const char *delivery;
	int64_t now_ms;
};

void signature_write(struct buf *out, const struct signature_request *request);

/* "unsigned", "bad_signature", … as the answer's error code; NULL for a good one. */
const char *signature_code(enum signature_verdict verdict);

#endif
