#include "lib/stats_filter.h"

#include "lib/buf.h"
#include "lib/error.h"
#include "tests/fuzz/fuzz.h"

/* A filter's text comes from a query: it is taken, or ERROR_USAGE says why not. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *text = fuzz_text(bytes, size);
	auto_buf struct buf key = BUF_EMPTY;
	struct stats_filter filter = { .from_ms = 0 };
	const int64_t now_ms = INT64_C(1700000000000);
	struct error err = { 0 };

	for (int field = 0; field < STATS_FIELDS; field++) {
		if (stats_filter_set(&filter, (enum stats_field)field, text, now_ms,
				     &err) < 0)
			FUZZ_PROMISE(err.kind == ERROR_USAGE && *err.message);
	}
	(void)stats_filter_check(&filter, &err);
	if (stats_cursor_read(&key, text, &err) < 0)
		FUZZ_PROMISE(err.kind == ERROR_USAGE && key.len == 0);
	return 0;
}
