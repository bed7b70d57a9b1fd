#include "bin/tokenmint/event.h"

#include <string.h>

#include "lib/error.h"
#include "tests/fuzz/fuzz.h"

static bool is_inside(struct str_view part, struct str_view whole)
{
	return part.data >= whole.data && part.data + part.len <= whole.data + whole.len;
}

/* An event of GitHub: one that asks for something says for which installation. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *text = fuzz_copy(bytes, size);
	struct str_view line = { text, size };
	struct event_installation event = { .wish = EVENT_IGNORE };
	struct error err = { 0 };

	if (event_read(&event, line, &err) < 0) {
		FUZZ_PROMISE(err.kind == ERROR_DATA && event.id == 0);
		return 0;
	}
	if (event.wish == EVENT_IGNORE)
		return 0;
	FUZZ_PROMISE(event.id > 0 && event.action.len > 0);
	FUZZ_PROMISE(is_inside(event.object, line) && event.object.data[0] == '{');
	FUZZ_PROMISE(is_inside(event.owner, line) &&
		     (event.owner.len == 0 ||
		      !memchr(event.owner.data, '"', event.owner.len)));
	return 0;
}
