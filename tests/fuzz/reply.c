#include "bin/hookroute/reply.h"

#include "lib/error.h"
#include "tests/fuzz/fuzz.h"

/* A verdict that is no ok has its reason; what is no reply is ERROR_DATA. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_forgive bool forgiven = fuzz_forgive(bytes, size);
	auto_free char *text = fuzz_copy(bytes, size);
	auto_free char *message = NULL;
	struct reply reply = { CONSUMER_OK, NULL, 0 };
	struct error err = { 0 };

	if (reply_read(&reply, &message, (struct str_view){ text, size }, &err) < 0)
		FUZZ_PROMISE(err.kind == ERROR_DATA && *err.message);
	else
		FUZZ_PROMISE((reply.verdict == CONSUMER_OK) == (message == NULL));
	return 0;
}
