#ifndef BIN_HOOKRECV_VERIFY_H
#define BIN_HOOKRECV_VERIFY_H

#include <stdbool.h>

#include "bin/hookrecv/keyring.h"
#include "bin/hookrecv/signature.h"

/* A request is judged by the hook's secrets, the present one and, while a rotation's grace
 * lasts, those before it: one of them must be good. */
struct verify {
	struct signature of[KEYRING_KEYS];
	enum signature_verdict verdicts[KEYRING_KEYS];
	int64_t since_ms[KEYRING_KEYS]; /* the names of the keys */
	size_t count;			/* 1 at least: without a secret an empty one */
	size_t by;			/* which of them was good */
};

/* As those of signature.h; the opening's secret is not looked at. */
enum signature_verdict verify_start(struct verify *verify,
				    const struct provider *provider,
				    const struct signature_opening *opening,
				    const struct keyring_keys *keys);
bool verify_holds_body(const struct verify *verify);
void verify_add(struct verify *verify, const void *bytes, size_t len);
enum signature_verdict verify_finish(struct verify *verify);

/* How what is good so far was signed; NULL when nothing is. */
const struct provider_scheme *verify_scheme(const struct verify *verify);
void verify_free(struct verify *verify);

#endif
