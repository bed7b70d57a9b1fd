#include "lib/config.h"

#include "lib/error.h"
#include "lib/layout.h"
#include "tests/fuzz/fuzz.h"

/* A file is taken, or ERROR_CONFIG says why not. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const char *folder = fuzz_file("hooktools.conf", bytes, size);
	struct layout layout = { .conf = (char *)folder };
	struct config config = CONFIG_EMPTY;
	struct error err = { 0 };

	if (config_load(&config, &layout, &err) < 0)
		FUZZ_PROMISE(err.kind == ERROR_CONFIG && *err.message);
	else
		(void)config_get(&config, "HOOKTOOLS_MAX_TIME");
	config_free(&config);
	return 0;
}
