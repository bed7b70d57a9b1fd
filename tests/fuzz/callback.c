#include "bin/tokenmint-login/callback.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

/* The head of a browser's request. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *head = fuzz_copy(bytes, size);
	struct str_view query = { NULL, 0 };

	if (callback_query(&query, (struct str_view){ head, size })) {
		FUZZ_PROMISE(query.data > head && query.data + query.len < head + size);
		FUZZ_PROMISE(query.len == 0 || !memchr(query.data, '\n', query.len));
	}
	return 0;
}
