#include "lib/base64.h"

#include <string.h>

#include "lib/buf.h"
#include "tests/fuzz/fuzz.h"

static void try(const char *text, size_t size, bool url)
{
	auto_buf struct buf bytes = BUF_EMPTY;
	auto_buf struct buf again = BUF_EMPTY;

	if (!(url ? base64url_decode : base64_decode)(&bytes, text, size)) {
		FUZZ_PROMISE(bytes.len == 0);
		return;
	}
	(url ? base64url_encode : base64_encode)(&again, bytes.data, bytes.len);
	FUZZ_PROMISE(again.len == size);
	FUZZ_PROMISE(size == 0 || memcmp(again.data, text, size) == 0);
}

/* Strict: what decodes is just what encoding would have written. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *text = fuzz_copy(bytes, size);

	try(text, size, false);
	try(text, size, true);
	return 0;
}
