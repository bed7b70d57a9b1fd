#include "lib/hex.h"

#include "lib/str.h"
#include "tests/fuzz/fuzz.h"

/* What decodes encodes to the same digits, of lower case. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *text = fuzz_text(bytes, size);
	auto_free uint8_t *decoded = (uint8_t *)fuzz_copy(bytes, size);
	auto_free char *digits = fuzz_text(bytes, size);

	FUZZ_PROMISE(!hex_decode(decoded, size / 2 + 1, text, size));
	if (!hex_decode(decoded, size / 2, text, size))
		return 0;
	hex_encode(digits, decoded, size / 2);
	FUZZ_PROMISE(str_equal_nocase(digits, text));
	return 0;
}
