#include "bin/hookrecv/verify.h"

#include <stddef.h>

enum { NOW, OLD, BOTH };

enum signature_verdict verify_start(struct verify *verify,
				    const struct provider *provider,
				    const struct signature_opening *opening,
				    struct str_view old)
{
	struct signature_opening second = *opening;

	second.secret = old;
	verify->verdicts[NOW] = signature_start(&verify->of[NOW], provider, opening);
	verify->verdicts[OLD] = SIGNATURE_BAD;
	if (old.len)
		verify->verdicts[OLD] =
			signature_start(&verify->of[OLD], provider, &second);
	return verify->verdicts[OLD] == SIGNATURE_GOOD ? SIGNATURE_GOOD
						       : verify->verdicts[NOW];
}

bool verify_holds_body(const struct verify *verify)
{
	return signature_holds_body(&verify->of[NOW]) ||
	       signature_holds_body(&verify->of[OLD]);
}

void verify_add(struct verify *verify, const void *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < BOTH; i++) {
		if (verify->verdicts[i] == SIGNATURE_GOOD)
			signature_add(&verify->of[i], bytes, len);
	}
}

enum signature_verdict verify_finish(struct verify *verify)
{
	size_t i;

	for (i = 0; i < BOTH; i++) {
		if (verify->verdicts[i] == SIGNATURE_GOOD)
			verify->verdicts[i] = signature_finish(&verify->of[i]);
	}
	verify->by_old = verify->verdicts[NOW] != SIGNATURE_GOOD &&
			 verify->verdicts[OLD] == SIGNATURE_GOOD;
	return verify->by_old ? SIGNATURE_GOOD : verify->verdicts[NOW];
}

const struct provider_scheme *verify_scheme(const struct verify *verify)
{
	return verify->of[verify->verdicts[NOW] == SIGNATURE_GOOD ? NOW : OLD].scheme;
}

void verify_free(struct verify *verify)
{
	signature_free(&verify->of[NOW]);
	signature_free(&verify->of[OLD]);
}
