#include "lib/oidc_policy.h"

#include "lib/buf.h"
#include "lib/error.h"
#include "lib/principal.h"
#include "tests/fuzz/fuzz.h"

/* A policy that has been checked is applied without trouble. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const char claims[] =
		"{\"sub\":\"repo:acme@65/site@74:ref:refs/heads/main\","
		"\"repository_id\":\"74\",\"run_attempt\":1,"
		"\"private\":true,\"aud\":[\"us\"]}";
	auto_free char *text = fuzz_copy(bytes, size);
	auto_principal struct principal principal = PRINCIPAL_EMPTY;
	auto_buf struct buf plain = BUF_EMPTY;
	struct error err = { 0 };
	bool found = false;

	if (oidc_policy_plain_subject(&plain, (struct str_view){ text, size }))
		FUZZ_PROMISE(plain.len < size);
	else
		FUZZ_PROMISE(plain.len == 0);
	if (oidc_policy_check((struct str_view){ text, size }, &err) < 0) {
		FUZZ_PROMISE(err.kind == ERROR_CONFIG);
		return 0;
	}
	FUZZ_PROMISE(oidc_policy_apply(
			     &principal, &found, (struct str_view){ text, size },
			     (struct str_view){ claims, sizeof(claims) - 1 }, &err) == 0);
	FUZZ_PROMISE(found == (principal.roles != 0));
	return 0;
}
