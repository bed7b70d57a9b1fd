#ifndef BIN_HOOKRECV_SIGNATURE_H
#define BIN_HOOKRECV_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bin/hookrecv/provider.h"
#include "lib/buf.h"
#include "lib/crypto.h"
#include "lib/str.h"

struct error;

/*
 * Is a request signed by who knows the secret?  The headers are judged first, the body
 * streams through, and the end tells.  No socket, no clock: both sides of a signature are
 * made here, verifying (serve) and signing (sign).
 */
struct signature {
	const struct provider *provider;
	const struct provider_scheme *scheme; /* of what is signed; NULL: nothing is */
	struct crypto_hmac hmac;
	struct buf key;			      /* of Ed25519, */
	struct buf held;		      /* which wants all that is signed at once */
	struct buf after;		      /* what is signed behind the body */
	const char *values[PROVIDER_SCHEMES]; /* what came; NULL: absent or empty */
};

#define SIGNATURE_NONE                                                                   \
	{                                                                                \
		NULL, NULL, CRYPTO_HMAC_NONE, BUF_EMPTY, BUF_EMPTY, BUF_EMPTY,           \
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

/* The secret is the hook's, as it is stored; the headers must stay until the end. */
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

/* When the request says it was signed; false when it says nothing, or no time. */
bool signature_time(int64_t *signed_ms, const struct provider *provider,
		    const struct signature_opening *opening);

/* Is the body held in memory until the end?  It should be a small one then. */
bool signature_holds_body(const struct signature *signature);

/* The next bytes of the body. */
void signature_add(struct signature *signature, const void *bytes, size_t len);
enum signature_verdict signature_finish(struct signature *signature);
void signature_free(struct signature *signature);

/* Can the provider work with this secret?  Standard Webhooks wants base 64. */
int signature_check_secret(const struct provider *provider, struct str_view secret,
			   struct error *err);

/* "unsigned", "bad_signature", … as the answer's error code; NULL for a good one. */
const char *signature_code(enum signature_verdict verdict);

#endif
