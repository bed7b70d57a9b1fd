#include "lib/event.h"

#include "lib/buf.h"
#include "lib/json_scan.h"
#include "tests/fuzz/fuzz.h"

/* Whatever a sender puts into its headers, an event is one line of JSON. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *text = fuzz_text(bytes, size);
	auto_buf struct buf line = BUF_EMPTY;
	struct event_head head = { .id = "id", .name = text, .event = text };
	struct str_view payload = { NULL, 0 };
	struct json_scan scan;

	head.delivery = text;
	head.remote = text;
	event_write_head(&line, &head);
	buf_add_str(&line, "{\"x\":1}");
	event_write_tail(&line);
	FUZZ_PROMISE(line.data[line.len - 1] == '\n');
	buf_cut(&line, line.len - 1);
	json_scan_start(&scan);
	FUZZ_PROMISE(json_scan_feed(&scan, line.data, line.len));
	FUZZ_PROMISE(json_scan_finish(&scan));
	FUZZ_PROMISE(json_scan_member(&payload, (struct str_view){ line.data, line.len },
				      "payload"));
	FUZZ_PROMISE(str_view_equal(payload, "{\"x\":1}"));
	return 0;
}
