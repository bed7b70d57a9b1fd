#include "lib/json_scan.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

static bool is_json(char *text, size_t size, size_t step, struct json_scan *scan)
{
	json_scan_start(scan);
	for (size_t at = 0; at < size; at += step) {
		size_t len = size - at < step ? size - at : step;

		if (!json_scan_feed(scan, text + at, len))
			return false;
	}
	return json_scan_finish(scan);
}

/* The verdict and the text do not depend on how the bytes are cut into pieces. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *whole = fuzz_copy(bytes, size);
	auto_free char *pieces = fuzz_copy(bytes, size);
	struct str_view value = { NULL, 0 };
	struct str_view rest = { whole, size };
	struct json_scan first;
	struct json_scan second;
	bool valid = is_json(whole, size, size ? size : 1, &first);

	FUZZ_PROMISE(valid == is_json(pieces, size, 1, &second));
	FUZZ_PROMISE(first.offset == second.offset);
	FUZZ_PROMISE(valid == (first.problem == NULL));
	if (!valid)
		return 0;
	FUZZ_PROMISE(memcmp(whole, pieces, size) == 0 && !memchr(whole, '\n', size));
	if (json_scan_member(&value, (struct str_view){ whole, size }, "a"))
		FUZZ_PROMISE(is_json((char *)value.data, value.len, value.len, &second));
	while (json_scan_element(&value, &rest))
		FUZZ_PROMISE(is_json((char *)value.data, value.len, value.len, &second));
	return 0;
}
