#include "bin/runjob/view.h"

#include "lib/error.h"
#include "tests/fuzz/fuzz.h"

/* A chunk that is taken lies in a file, and is of a stream that there is. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_forgive bool forgiven = fuzz_forgive(bytes, size);
	auto_free char *text = fuzz_copy(bytes, size);
	struct view_chunk chunk = { 0 };
	struct error err = { 0 };

	if (view_parse(&chunk, (struct str_view){ text, size }, &err) < 0) {
		FUZZ_PROMISE(err.kind == ERROR_DATA && *err.message);
		return 0;
	}
	FUZZ_PROMISE(chunk.len > 0 && chunk.offset + chunk.len <= INT64_MAX);
	FUZZ_PROMISE(chunk.stream == 'o' || chunk.stream == 'e' || chunk.stream == '-');
	FUZZ_PROMISE(chunk.unix_ms >= 0);
	return 0;
}
