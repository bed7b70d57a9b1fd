#include "bin/ghstats/line.h"

#include "lib/error.h"
#include "tests/fuzz/fuzz.h"

/* What is found lies inside the line; what is none of ours is ERROR_DATA. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *text = fuzz_copy(bytes, size);
	struct line line = { LINE_IGNORED,
			     false,
			     { { NULL, 0 }, { NULL, 0 }, { NULL, 0 } } };
	struct error err = { 0 };

	if (line_read(&line, (struct str_view){ text, size }, &err) < 0) {
		FUZZ_PROMISE(err.kind == ERROR_DATA && *err.message);
		return 0;
	}
	if (line.kind != LINE_IGNORED)
		FUZZ_PROMISE(line.source.object.data >= text &&
			     line.source.object.data + line.source.object.len <=
				     text + size);
	return 0;
}
