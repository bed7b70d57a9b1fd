#include "bin/tokenmint-agent/ask.h"

#include <string.h>

#include "bin/tokenmint-agent/peer.h"
#include "bin/tokenmint-agent/policy.h"
#include "lib/error.h"
#include "tests/fuzz/fuzz.h"

#define GRANT "user 1: repository acme/site, repository acme/lib, contents=read"

/* What is granted is arguments for tokenmint get: the owner, then options that we make. */
static void check_key(const struct buf *key)
{
	const char *text = buf_str(key);

	FUZZ_PROMISE(key->len > 0 && text[key->len - 1] == '\0');
	FUZZ_PROMISE(strcmp(text, "acme") == 0);
	for (size_t at = strlen(text) + 1; at < key->len; at += strlen(text + at) + 1) {
		const char *part = text + at;

		FUZZ_PROMISE(strcmp(part, "--repository=site") == 0 ||
			     strcmp(part, "--repository=lib") == 0 ||
			     strcmp(part, "--permission=contents=read") == 0);
	}
}

/* No request gets more than the policy grants, and nobody else anything. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *text = fuzz_copy(bytes, size);
	auto_policy struct policy policy = POLICY_EMPTY;
	auto_buf struct buf key = BUF_EMPTY;
	auto_buf struct buf none = BUF_EMPTY;
	struct peer peer = { .uid = 1 };
	struct ask ask = { .verb = ASK_GET };
	struct error err = { 0 };

	FUZZ_PROMISE(policy_add(&policy, (struct str_view){ GRANT, strlen(GRANT) },
				&err) == 0);
	if (ask_read(&ask, (struct str_view){ text, size }, &err) < 0) {
		FUZZ_PROMISE(err.kind == ERROR_DATA && err.message[0]);
		return 0;
	}
	FUZZ_PROMISE(ask.min_ttl_s <= 3300);
	if (policy_decide(&key, &policy, &peer, &ask, &err) == 0)
		check_key(&key);
	peer.uid = 2;
	FUZZ_PROMISE(policy_decide(&none, &policy, &peer, &ask, &err) < 0 &&
		     none.len == 0);
	return 0;
}
