#include "bin/runjob-serve/order.h"

#include <string.h>

#include "lib/error.h"
#include "lib/json_object.h"
#include "tests/fuzz/fuzz.h"

/* Within its time and its sandbox, and with no member that is not for it. */
static void check_line(struct str_view line)
{
	static const char *const others[] = { "id",   "dir",   "secrets",  "for",
					      "user", "owner", "writable", "pipeline" };
	struct str_view value = { NULL, 0 };
	const char *problem = NULL;
	size_t i;

	FUZZ_PROMISE(json_object_is_sound(line, &problem));
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		FUZZ_PROMISE(!json_object_find(&value, line, others[i]));
	FUZZ_PROMISE(json_object_find(&value, line, "timeout") && value.len <= 8);
	FUZZ_PROMISE(json_object_find(&value, line, "grace") && value.len <= 7);
	FUZZ_PROMISE(json_object_find(&value, line, "sandbox"));
}

/* What an anonymous certificate orders is one line, one object. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_buf struct buf body = BUF_EMPTY;
	struct order order = ORDER_EMPTY;
	struct error err = { 0 };
	struct str_view line;

	order.most_ms = 5000;
	order.owner = "75e1149281ad91a7140da208cdd4c1dd599214bcbb3b5bf345920d46d040c549";
	buf_add(&body, bytes, size);
	if (order_make(&order, &body, &err) < 0) {
		FUZZ_PROMISE(err.kind == ERROR_DATA || err.kind == ERROR_DENIED);
		order_free(&order);
		return 0;
	}
	line = (struct str_view){ order.line.data, order.line.len - 1 };
	FUZZ_PROMISE(order.line.data[line.len] == '\n' &&
		     !memchr(line.data, '\n', line.len));
	check_line(line);
	order_free(&order);
	return 0;
}
