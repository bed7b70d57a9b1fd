#include "lib/json_plain.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

/* Only valid text is looked into; what is found lies inside of it and is plain. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *copy = fuzz_copy(bytes, size);
	struct str_view text = { copy, size };
	struct str_view found = { NULL, 0 };
	uint64_t number = 0;

	if (!json_plain_is_valid(text))
		return 0;
	if (json_plain_string(&found, text, "s")) {
		FUZZ_PROMISE(found.data >= copy && found.data + found.len <= copy + size);
		FUZZ_PROMISE(!memchr(found.data, '\\', found.len));
	}
	if (json_plain_u64(&number, text, "n"))
		FUZZ_PROMISE(number <= UINT64_C(1) << 53);
	if (json_plain_object(&found, text, "o"))
		FUZZ_PROMISE(found.len >= 2 && found.data[0] == '{');
	return 0;
}
