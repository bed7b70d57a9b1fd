#include "bin/ghstats-serve/cookie.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

/* What is found stands in the header, behind the name, and has no ';'; whatever else is there, a
 * cookie in front of it is found, or is there twice. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *header = fuzz_text(bytes, size);
	auto_free char *longer = str_format("ghstats-session=x.y; %s", header);
	struct str_view value = { NULL, 0 };

	for (int kind = COOKIE_LOGIN; kind <= COOKIE_REFRESH; kind++) {
		const char *name = cookie_name((enum cookie_kind)kind, kind % 2);

		if (!cookie_find(&value, header, name))
			continue;
		FUZZ_PROMISE(value.len > 0 && value.data > header);
		FUZZ_PROMISE(value.data + value.len <= header + strlen(header));
		FUZZ_PROMISE(!memchr(value.data, ';', value.len));
		FUZZ_PROMISE(value.data[-1] == '=');
	}
	if (cookie_find(&value, longer, "ghstats-session"))
		FUZZ_PROMISE(str_view_equal(value, "x.y"));
	else
		FUZZ_PROMISE(strstr(header, "ghstats-session="));
	return 0;
}
