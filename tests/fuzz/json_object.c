#include "lib/json_object.h"

#include <string.h>

#include "lib/buf.h"
#include "lib/json_scan.h"
#include "lib/json_write.h"
#include "tests/fuzz/fuzz.h"

/* A text that was decoded and is written again says the same. */
static void check_text(struct str_view raw)
{
	auto_buf struct buf text = BUF_EMPTY;
	auto_buf struct buf written = BUF_EMPTY;
	auto_buf struct buf again = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&written);

	if (!json_object_text(&text, raw)) {
		FUZZ_PROMISE(text.len == 0);
		return;
	}
	json_write_bytes(&writer, NULL, buf_str(&text), text.len);
	FUZZ_PROMISE(json_object_text(
		&again, (struct str_view){ buf_str(&written), written.len }));
	FUZZ_PROMISE(again.len == text.len);
	FUZZ_PROMISE(memcmp(buf_str(&again), buf_str(&text), text.len) == 0);
}

/* In a sound object each member is the one that is found by its name. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *copy = fuzz_copy(bytes, size);
	struct str_view text = { copy, size };
	struct str_view rest = text;
	struct str_view name = { NULL, 0 };
	struct str_view value = { NULL, 0 };
	const char *problem = NULL;

	if (!json_object_is_sound(text, &problem)) {
		FUZZ_PROMISE(problem);
		return 0;
	}
	while (json_scan_next(&name, &value, &rest)) {
		auto_buf struct buf said = BUF_EMPTY;
		struct str_view quoted = { name.data - 1, name.len + 2 };
		struct str_view found = { NULL, 0 };

		FUZZ_PROMISE(json_object_text(&said, quoted));
		if (strlen(buf_str(&said)) == said.len)
			FUZZ_PROMISE(json_object_find(&found, text, buf_str(&said)) &&
				     found.data == value.data);
		check_text(value);
	}
	return 0;
}
