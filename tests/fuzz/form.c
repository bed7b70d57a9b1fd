#include "bin/hookrecv/form.h"

#include <string.h>

#include "lib/buf.h"
#include "tests/fuzz/fuzz.h"

/* What a form carries does not depend on how its bytes are cut into pieces. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *text = fuzz_copy(bytes, size);
	auto_buf struct buf whole = BUF_EMPTY;
	auto_buf struct buf pieces = BUF_EMPTY;
	struct form first = { 0 };
	struct form second = { 0 };
	bool taken = form_feed(&first, &whole, text, size);
	bool going = true;

	for (size_t i = 0; going && i < size; i++)
		going = form_feed(&second, &pieces, text + i, 1);
	FUZZ_PROMISE(taken == going && whole.len <= size);
	if (!taken)
		return 0;
	FUZZ_PROMISE(form_finish(&first) == form_finish(&second));
	FUZZ_PROMISE(whole.len == pieces.len);
	FUZZ_PROMISE(!whole.len || memcmp(whole.data, pieces.data, whole.len) == 0);
	return 0;
}
