#include "bin/runjob-serve/range.h"

#include <string.h>

#include "lib/str.h"
#include "tests/fuzz/fuzz.h"

/* One range lies within what there is, and stays what it is when it is written as others would. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *header = fuzz_text(bytes, size);
	auto_free char *behind = str_format("bytes=%s", header);
	const uint64_t sizes[] = { 0, 1, 1000, UINT64_MAX };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct range range = { 7, 7 };
		struct range again = { 0, 0 };
		auto_free char *text = NULL;

		(void)range_parse(&range, header, sizes[i]);
		if (range_parse(&range, behind, sizes[i]) != RANGE_ONE)
			continue;
		FUZZ_PROMISE(!strchr(header, ',') && range.len > 0);
		FUZZ_PROMISE(range.first < sizes[i] &&
			     range.len <= sizes[i] - range.first);
		text = str_format("bytes=%llu-%llu", (unsigned long long)range.first,
				  (unsigned long long)(range.first + range.len - 1));
		FUZZ_PROMISE(range_parse(&again, text, sizes[i]) == RANGE_ONE);
		FUZZ_PROMISE(again.first == range.first && again.len == range.len);
	}
	return 0;
}
