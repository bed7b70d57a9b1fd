#include "bin/hookrecv/judged.h"

#include <string.h>

#include "lib/error.h"
#include "tests/fuzz/fuzz.h"

static const int64_t now_ms = INT64_C(1700000000000);

/* Made for this: no line of what is printed happens to hold it. */
static const char secret[] = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMQ==";
static const char old_secret[] = "whsec_b2xkIG9sZCBvbGQgb2xkIG9sZCBvbGQ=";

static bool is_good(enum diagnose_reason reason)
{
	return reason == DIAGNOSE_GOOD || reason == DIAGNOSE_GOOD_BY_OLD ||
	       reason == DIAGNOSE_OPEN;
}

/* What is said agrees with what a server would do, and tells no secret that the request
 * itself does not hold. */
static void judge(const struct provider *provider, struct str_view text, int64_t until_ms)
{
	auto_judged struct judged judged = JUDGED_NONE;
	auto_buf struct buf lines = BUF_EMPTY;
	auto_buf struct buf object = BUF_EMPTY;
	struct error err = { 0 };

	if (captured_parse(&judged.captured, text, &err) < 0)
		return;
	judged.request.provider = provider;
	buf_add_str(&judged.keys.secret, secret);
	buf_add_str(&judged.keys.old[0].secret, old_secret);
	judged.keys.old[0].until_ms = until_ms;
	judged.keys.count = 1;
	judged_judge(&judged, now_ms);
	FUZZ_PROMISE((judged.verdict == SIGNATURE_GOOD) ==
		     is_good(judged.diagnosis.reason));
	judged_print(&lines, &judged, false);
	judged_print(&object, &judged, true);
	FUZZ_PROMISE(memmem(text.data, text.len, secret + 6, 10) ||
		     !memmem(object.data, object.len, secret + 6, 10));
	FUZZ_PROMISE(memchr(object.data, '\n', object.len) ==
		     object.data + object.len - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *copy = fuzz_copy(bytes, size);
	const struct provider *provider = NULL;

	while ((provider = provider_next(provider))) {
		judge(provider, (struct str_view){ copy, size }, now_ms + 1);
		judge(provider, (struct str_view){ copy, size }, now_ms);
	}
	return 0;
}
