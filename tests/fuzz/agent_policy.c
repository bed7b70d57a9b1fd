#include "bin/tokenmint-agent/policy.h"

#include "lib/error.h"
#include "tests/fuzz/fuzz.h"

/* A line adds a rule that says of whom and what, or nothing, or names its mistake. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *text = fuzz_text(bytes, size);
	auto_policy struct policy policy = POLICY_EMPTY;
	struct error err = { 0 };

	if (policy_add(&policy, (struct str_view){ text, size }, &err) < 0) {
		FUZZ_PROMISE(err.kind == ERROR_CONFIG && policy.count == 0);
		return 0;
	}
	FUZZ_PROMISE(policy.count <= 1);
	if (policy.count == 1)
		FUZZ_PROMISE(policy.rules[0].owner && policy.rules[0].owner[0]);
	return 0;
}
