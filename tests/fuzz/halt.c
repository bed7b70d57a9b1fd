#include "bin/runjob-serve/halt.h"

#include <signal.h>

#include "lib/error.h"
#include "lib/json_object.h"
#include "tests/fuzz/fuzz.h"

/* What is taken is a signal that there is, and says no more than it does. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *text = fuzz_copy(bytes, size);
	const struct str_view body = { text, size };
	struct halt halt = HALT_DEFAULT;
	struct str_view value = { NULL, 0 };
	const char *problem = NULL;
	struct error err = { 0 };

	if (halt_parse(&halt, body, &err) < 0) {
		FUZZ_PROMISE(err.kind == ERROR_DATA && *err.message);
	} else {
		FUZZ_PROMISE(halt.signal > 0 && halt.signal < NSIG);
		FUZZ_PROMISE(!halt.field.len);
		FUZZ_PROMISE(!size || json_object_is_sound(body, &problem));
		FUZZ_PROMISE(halt.has_grace ==
			     (size && json_object_find(&value, body, "grace")));
	}
	halt_free(&halt);
	return 0;
}
