#include "bin/hookroute/consumer_file.h"

#include "lib/error.h"
#include "lib/layout.h"
#include "tests/fuzz/fuzz.h"

/* A file gives a command line and limits, or ERROR_CONFIG says why not. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_forgive bool forgiven = fuzz_forgive(bytes, size);
	const char *folder = fuzz_file("consumers.d/x.json", bytes, size);
	struct layout layout = { .conf = (char *)folder,
				 .share = (char *)folder,
				 .libexec = (char *)folder,
				 .bin = (char *)folder };
	struct consumer_file file = CONSUMER_FILE_EMPTY;
	struct error err = { 0 };

	if (consumer_file_read(&file, "x", &layout, &err) < 0) {
		FUZZ_PROMISE(*err.message && !file.argv);
		return 0;
	}
	FUZZ_PROMISE(file.argv && file.argv[0] && file.in_flight > 0);
	consumer_file_free(&file);
	return 0;
}
