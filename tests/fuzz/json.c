#include "lib/json.h"

#include "lib/buf.h"
#include "lib/error.h"
#include "lib/json_scan.h"
#include "tests/fuzz/fuzz.h"

/* What libjq gives back is JSON to us, and reads the same again. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_forgive bool forgiven = fuzz_forgive(bytes, size);
	auto_free char *text = fuzz_copy(bytes, size);
	auto_buf struct buf once = BUF_EMPTY;
	auto_jv jv value = jv_invalid();
	auto_free char *name = NULL;
	struct error err = { 0 };
	struct json_scan scan;
	uint64_t number = 0;
	bool flag = false;

	if (json_parse(&value, text, size, &err) < 0) {
		FUZZ_PROMISE(err.kind == ERROR_DATA && *err.message);
		return 0;
	}
	(void)json_get_string(&name, value, "a", &err);
	(void)json_get_u64(&number, value, "n", &err);
	(void)json_get_bool(&flag, value, "b", &err);
	json_dump(&once, value);
	json_scan_start(&scan);
	FUZZ_PROMISE(json_scan_feed(&scan, once.data, once.len));
	FUZZ_PROMISE(json_scan_finish(&scan));
	return 0;
}
