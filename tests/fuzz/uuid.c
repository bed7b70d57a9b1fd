#include "lib/uuid.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

/* Only 36 characters pass; what is derived of them passes, too, and is always the same. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *text = fuzz_text(bytes, size);
	char first[UUID_LEN];
	char second[UUID_LEN];

	if (!uuid_is_valid(text))
		return 0;
	FUZZ_PROMISE(strlen(text) == UUID_LEN - 1 && uuid_time_ms(text) >= 0);
	uuid_derive(first, text, 0);
	FUZZ_PROMISE(strcmp(first, text) == 0);
	uuid_derive(first, text, 7);
	uuid_derive(second, text, 7);
	FUZZ_PROMISE(uuid_is_valid(first) && strcmp(first, second) == 0);
	return 0;
}
