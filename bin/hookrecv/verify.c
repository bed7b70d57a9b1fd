#include "bin/hookrecv/verify.h"

#include <stddef.h>

enum signature_verdict verify_start(struct verify *verify,
				    const struct provider *provider,
				    const struct signature_opening *opening,
				    const struct keyring_keys *keys)
{
	struct signature_opening with = *opening;
	enum signature_verdict verdict = SIGNATURE_BAD;
	size_t i;

	verify->count = keys->count ? keys->count : 1;
	for (i = 0; i < verify->count; i++) {
		with.secret = (struct str_view){ buf_str(&keys->keys[i].secret),
						 keys->keys[i].secret.len };
		verify->since_ms[i] = keys->keys[i].since_ms;
		verify->verdicts[i] = signature_start(&verify->of[i], provider, &with);
		if (i == 0 || verify->verdicts[i] == SIGNATURE_GOOD)
			verdict = verify->verdicts[i];
	}
	return verdict;
}

bool verify_holds_body(const struct verify *verify)
{
	size_t i;

	for (i = 0; i < verify->count; i++) {
		if (signature_holds_body(&verify->of[i]))
			return true;
	}
	return false;
}

void verify_add(struct verify *verify, const void *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < verify->count; i++) {
		if (verify->verdicts[i] == SIGNATURE_GOOD)
			signature_add(&verify->of[i], bytes, len);
	}
}

enum signature_verdict verify_finish(struct verify *verify)
{
	size_t i;

	for (i = 0; i < verify->count; i++) {
		if (verify->verdicts[i] == SIGNATURE_GOOD)
			verify->verdicts[i] = signature_finish(&verify->of[i]);
	}
	for (i = 0; i < verify->count; i++) {
		if (verify->verdicts[i] == SIGNATURE_GOOD) {
			verify->by = i;
			return SIGNATURE_GOOD;
		}
	}
	return verify->verdicts[0];
}

const struct provider_scheme *verify_scheme(const struct verify *verify)
{
	size_t i;

	for (i = 0; i < verify->count; i++) {
		if (verify->verdicts[i] == SIGNATURE_GOOD)
			return verify->of[i].scheme;
	}
	return NULL;
}

void verify_free(struct verify *verify)
{
	size_t i;

	for (i = 0; i < verify->count; i++)
		signature_free(&verify->of[i]);
}
