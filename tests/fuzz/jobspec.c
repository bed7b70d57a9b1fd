#include "bin/runjob-consume/spec.h"

#include "lib/buf.h"
#include "lib/error.h"
#include "lib/json_scan.h"
#include "lib/setting.h"
#include "tests/fuzz/fuzz.h"

/* What is taken has a program to run, and can be written down as JSON. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_forgive bool forgiven = fuzz_forgive(bytes, size);
	auto_free char *text = fuzz_copy(bytes, size);
	auto_spec struct spec spec = SPEC_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;
	struct error err = { 0 };
	struct json_scan scan;

	if (spec_parse(&spec, (struct str_view){ text, size }, &err) < 0) {
		FUZZ_PROMISE(err.kind == ERROR_DATA && *err.message);
		return 0;
	}
	FUZZ_PROMISE(spec.plan.exec.count > 0);
	setting_dump(&out, spec.id, &spec.plan);
	json_scan_start(&scan);
	FUZZ_PROMISE(json_scan_feed(&scan, out.data, out.len));
	FUZZ_PROMISE(json_scan_finish(&scan));
	return 0;
}
