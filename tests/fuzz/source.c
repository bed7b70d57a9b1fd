#include "bin/hookrecv/source.h"

#include "lib/error.h"
#include "tests/fuzz/fuzz.h"

static bool is_same(const struct source *source, const char *text)
{
	struct address address;

	return address_parse(&address, text) && address_equal(&address, &source->address);
}

/*
 * What X-Forwarded-For says of a request from a proxy that we trust is an address; of any other
 * peer it is not looked at.
 */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const char *const trusted[] = { "10.0.0.0/8", "2001:db8::/32", "unix" };
	auto_free char *text = fuzz_text(bytes, size);
	struct source_trust trust = { .count = 0 };
	struct source source;
	struct error err = { 0 };
	size_t i;

	for (i = 0; i < sizeof(trusted) / sizeof(trusted[0]); i++)
		FUZZ_PROMISE(source_trust_add(&trust, trusted[i], &err) == 0);
	source_find(&source, &trust, "192.0.2.1", text);
	FUZZ_PROMISE(is_same(&source, "192.0.2.1"));
	source_find(&source, &trust, "10.1.2.3", text);
	FUZZ_PROMISE(is_same(&source, source.text));
	source_find(&source, &trust, "10.1.2.3", NULL);
	FUZZ_PROMISE(is_same(&source, "10.1.2.3"));
	return 0;
}
