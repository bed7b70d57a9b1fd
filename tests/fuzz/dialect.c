#include "bin/hookrecv-forge/dialect.h"

#include <string.h>

#include "bin/hookrecv-forge/order.h"
#include "lib/buf.h"
#include "lib/error.h"
#include "lib/json_plain.h"
#include "lib/json_scan.h"
#include "lib/json_write.h"
#include "tests/fuzz/fuzz.h"

static bool is_digits(struct str_view id)
{
	size_t i = 0;

	while (i < id.len && id.data[i] >= '0' && id.data[i] <= '9')
		i++;
	return id.len > 0 && i == id.len;
}

static void read_one(const struct dialect *dialect, struct str_view element)
{
	auto_buf struct buf out = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&out);
	struct delivery delivery = { .at_ms = 0 };
	struct str_view url = { "", 0 };

	if (dialect->read_delivery(&delivery, element))
		FUZZ_PROMISE(is_digits(delivery.id) && delivery.name.data &&
			     delivery.event.data && delivery.status.data);
	if (dialect->read_url(&url, element))
		FUZZ_PROMISE(!memchr(url.data, '"', url.len));
	json_write_object(&writer, NULL);
	dialect->write_state(&writer, element);
	json_write_object_end(&writer);
	FUZZ_PROMISE(json_plain_is_valid((struct str_view){ out.data, out.len }));
}

static void read_all(const struct dialect *dialect, struct str_view list)
{
	struct str_view element = { "", 0 };

	read_one(dialect, list);
	while (json_scan_element(&element, &list))
		read_one(dialect, element);
}

/* Whatever a forge lists: what is taken from it is plain, and so is what is told of it.  An
 * order is taken or refused. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *text = fuzz_copy(bytes, size);
	auto_order struct order order = ORDER_EMPTY;
	struct str_view view = { text, size };
	struct error err = { 0 };

	if (order_read(&order, view, &err) == 0)
		FUZZ_PROMISE(order.path[0] == '/' && !strstr(order.path, ".."));
	if (!json_plain_is_valid(view))
		return 0;
	read_all(&dialect_github, view);
	read_all(&dialect_gitlab, view);
	return 0;
}
