#include "lib/event.h"

#include "lib/buf.h"
#include "tests/lib/check.h"

static void head_payload_and_tail_are_one_line(void)
{
	auto_buf struct buf out = BUF_EMPTY;
	struct event_head head = { .id = "1",
				   .hook = NULL,
				   .name = "acme/site",
				   .provider = "github",
				   .event = "push",
				   .delivery = "d\"",
				   .received_ms = 1795218310123,
				   .remote = "127.0.0.1",
				   .headers = { "{\"a\":1}", 7 } };

	event_write_head(&out, &head);
	buf_add_str(&out, "{\"n\": 12345678901234567890}");
	event_write_tail(&out);
	CHECK_STR(buf_str(&out),
		  "{\"id\":\"1\",\"hook\":null,\"name\":\"acme/"
		  "site\",\"provider\":\"github\","
		  "\"event\":\"push\",\"delivery\":\"d\\\"\",\"received_at\":"
		  "\"2026-11-20T23:45:10.123Z\",\"remote\":\"127.0.0.1\",\"headers\":{"
		  "\"a\":1},"
		  "\"payload\":{\"n\": 12345678901234567890}}\n");
}

static void no_headers_are_an_empty_object(void)
{
	auto_buf struct buf out = BUF_EMPTY;
	struct event_head head = { .id = "1" };

	event_write_head(&out, &head);
	CHECK(strstr(out.data, "\"headers\":{},\"payload\":") != NULL);
	CHECK(!strstr(out.data, "recovered"));
}

static void a_recovered_event_says_so(void)
{
	auto_buf struct buf out = BUF_EMPTY;
	struct event_head head = { .id = "1", .is_recovered = true };

	event_write_head(&out, &head);
	CHECK(strstr(out.data, "\"remote\":null,\"recovered\":true,\"headers\":") !=
	      NULL);
}

static const struct check_case cases[] = {
	{ "head_payload_and_tail_are_one_line", head_payload_and_tail_are_one_line },
	{ "a_recovered_event_says_so", a_recovered_event_says_so },
	{ "no_headers_are_an_empty_object", no_headers_are_an_empty_object },
};

CHECK_MAIN(cases)
