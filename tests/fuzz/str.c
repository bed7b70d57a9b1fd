#include "lib/str.h"

#include <stdio.h>
#include <string.h>

#include "lib/error.h"
#include "tests/fuzz/fuzz.h"

/* Numbers keep within their bounds, names are safe in paths, and a split loses nothing. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *text = fuzz_text(bytes, size);
	const char *rest = text;
	struct error err = { 0 };
	uint64_t number = 0;
	size_t parts = 0;

	if (str_to_u64(&number, text, 3, 70000, &err) == 0)
		FUZZ_PROMISE(number >= 3 && number <= 70000);
	else
		FUZZ_PROMISE(err.kind == ERROR_DATA && number == 0);
	(void)str_to_duration(&number, text, &err);
	(void)str_to_size(&number, text, &err);
	(void)str_leading_u64(text);
	(void)str_is_identifier(text);
	if (str_is_name(text))
		FUZZ_PROMISE(text[0] != '/' && !strstr(text, "//"));
	while (rest)
		parts += str_split(&rest, ',').len + 1;
	FUZZ_PROMISE(parts == strlen(text) + 1);
	return 0;
}
