#include "lib/date.h"

#include "tests/fuzz/fuzz.h"

/* A date that reads well within four-digit years is written and read again as the same. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *text = fuzz_text(bytes, size);
	char written[DATE_LEN];
	int64_t first = 0;
	int64_t second = 0;

	(void)date_parse_http(&second, text);
	if (!date_parse(&first, text))
		return 0;
	date_format(written, first);
	FUZZ_PROMISE(date_parse(&second, written) && first == second);
	return 0;
}
