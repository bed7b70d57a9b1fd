#include "bin/hookrecv/signature.h"

#include <string.h>

#include "lib/str.h"
#include "tests/fuzz/fuzz.h"

/* Without a line break the text is the value of every header. */
static const char *find_header(const void *request, const char *name)
{
	const struct fuzz_head *head = request;

	if (head->has_lines)
		return fuzz_header(head, name);
	return str_ends(name, "imestamp") ? "1700000000" : head->text;
}

/* Whatever a sender writes into the headers, it does not sign a body without the secret. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const char *const secrets[] = {
		"whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMQ==",
		"whpk_uX7KWyyDNMaBma4aVbJ/cbUQpdjqczuCyK/HxzV/u+4=",
	};
	const struct fuzz_head head = fuzz_head(bytes, size);
	const struct provider *provider = NULL;
	struct signature_opening opening = { .header = find_header,
					     .request = &head,
					     .now_ms = INT64_C(1700000000000) };

	while ((provider = provider_next(provider))) {
		const char *secret = secrets[str_equal(provider->name, "standard")];
		struct signature signature = SIGNATURE_NONE;
		enum signature_verdict verdict;

		opening.secret = (struct str_view){ secret, strlen(secret) };
		verdict = signature_start(&signature, provider, &opening);
		if (verdict == SIGNATURE_GOOD) {
			signature_add(&signature, "bo", 2);
			signature_add(&signature, "dy", 2);
			verdict = signature_finish(&signature);
		}
		FUZZ_PROMISE(verdict != SIGNATURE_GOOD || provider->open);
		signature_free(&signature);
	}
	free(head.text);
	return 0;
}
