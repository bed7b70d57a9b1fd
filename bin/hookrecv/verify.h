#ifndef BIN_HOOKRECV_VERIFY_H
#define BIN_HOOKRECV_VERIFY_H

#include <stdbool.h>

#include "bin/hookrecv/signature.h"

/* A request is judged by the hook's secret and, while a rotation's grace lasts, by the one
 * before it: one of them must be good. */
struct verify {
	struct signature of[2];
	enum signature_verdict verdicts[2];
	bool by_old; /* only the old secret was good */
};

#define VERIFY_NONE                                                                      \
	{                                                                                \
		{ SIGNATURE_NONE, SIGNATURE_NONE }, { SIGNATURE_BAD, SIGNATURE_BAD },    \
			false                                                            \
	}

/* As those of signature.h.  old: empty when there is none. */
enum signature_verdict verify_start(struct verify *verify,
				    const struct provider *provider,
				    const struct signature_opening *opening,
				    struct str_view old);
bool verify_holds_body(const struct verify *verify);
void verify_add(struct verify *verify, const void *bytes, size_t len);
enum signature_verdict verify_finish(struct verify *verify);

/* How what is good so far was signed; NULL when nothing is. */
const struct provider_scheme *verify_scheme(const struct verify *verify);
void verify_free(struct verify *verify);

#endif
