#include "bin/hookrecv/signature.h"

#include "lib/str.h"
#include "tests/fuzz/fuzz.h"

static const char *any_header(const void *request, const char *name)
{
	return str_ends(name, "imestamp") ? "1700000000" : request;
}

/* Whatever a sender writes into all the headers, it does not sign a body without the secret. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *text = fuzz_text(bytes, size);
	const struct provider *provider = NULL;
	struct signature_opening opening = {
		.secret = { "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMQ==", 38 },
		.header = any_header,
		.request = text,
		.now_ms = INT64_C(1700000000000),
	};

	while ((provider = provider_next(provider))) {
		struct signature signature = SIGNATURE_NONE;
		enum signature_verdict verdict =
			signature_start(&signature, provider, &opening);

		if (verdict == SIGNATURE_GOOD) {
			signature_add(&signature, "body", 4);
			verdict = signature_finish(&signature);
		}
		FUZZ_PROMISE(verdict != SIGNATURE_GOOD || provider->open);
		signature_free(&signature);
	}
	return 0;
}
