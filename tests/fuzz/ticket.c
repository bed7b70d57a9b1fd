#include "lib/ticket.h"

#include <string.h>

#include "lib/buf.h"
#include "lib/error.h"
#include "tests/fuzz/fuzz.h"

/* A text that is read is the one that is written for what it says. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *text = fuzz_copy(bytes, size);
	auto_buf struct buf again = BUF_EMPTY;
	struct ticket ticket = TICKET_EMPTY;
	struct error err = { 0 };

	if (ticket_read(&ticket, "htk", (struct str_view){ text, size }, &err) < 0) {
		FUZZ_PROMISE(err.kind == ERROR_DENIED && !*ticket.id);
		return 0;
	}
	ticket_write(&again, "htk", &ticket);
	FUZZ_PROMISE(again.len == size && memcmp(again.data, text, size) == 0);
	FUZZ_PROMISE(ticket_is_id(ticket.id));
	return 0;
}
