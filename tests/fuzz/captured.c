#include "bin/hookrecv/captured.h"

#include <string.h>

#include "lib/error.h"
#include "tests/fuzz/fuzz.h"

static void check_headers(const struct captured *captured)
{
	FUZZ_PROMISE(captured->count <= CAPTURED_HEADERS &&
		     (captured->count > 0 || captured->method));
	for (size_t i = 0; i < captured->count; i++)
		FUZZ_PROMISE(captured->names[i][0] &&
			     !strpbrk(captured->names[i], ": \t\n") &&
			     !strchr(captured->values[i], '\n'));
}

/* A request that somebody caught: what is read is no more than what was there. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *text = fuzz_copy(bytes, size);
	auto_captured struct captured captured = CAPTURED_NONE;
	auto_buf struct buf payload = BUF_EMPTY;
	struct error err = { 0 };

	if (captured_parse(&captured, (struct str_view){ text, size }, &err) < 0) {
		FUZZ_PROMISE(err.kind == ERROR_DATA || err.kind == ERROR_USAGE);
		return 0;
	}
	check_headers(&captured);
	FUZZ_PROMISE(captured.body.len <= captured.caught && captured.caught <= size);
	FUZZ_PROMISE(!captured.has_length || captured.body.len <= captured.length);
	FUZZ_PROMISE(!captured.method == !captured.path);
	if (captured_is_form(&captured))
		(void)captured_payload(&payload, &captured);
	FUZZ_PROMISE(payload.len <= captured.body.len);
	return 0;
}
