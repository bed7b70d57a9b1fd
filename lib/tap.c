#include "lib/tap.h"

#include <unistd.h>

#include "lib/buf.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_write.h"

static int write_out(const struct buf *out, struct error *err)
{
	return file_write(STDOUT_FILENO, out->data, out->len, "standard output", err);
}

int tap_begin(const struct tap *tap, struct error *err)
{
	auto_buf struct buf out = BUF_EMPTY;

	if (tap->json)
		return 0;
	buf_add_format(&out, "1..%zu\n", tap->planned);
	return write_out(&out, err);
}

static void add_text(struct buf *out, const struct tap *tap,
		     const struct tap_check *check)
{
	buf_add_format(out, "%sok %zu - %s: %s\n", check->passed ? "" : "not ", tap->done,
		       check->name, check->expected);
	if (!check->passed)
		buf_add_format(out, "# seen: %s\n", check->seen);
}

static void add_json(struct buf *out, const struct tap_check *check)
{
	struct json_writer writer = JSON_WRITER(out);

	json_write_object(&writer, NULL);
	json_write_string(&writer, "check", check->name);
	json_write_bool(&writer, "ok", check->passed);
	json_write_string(&writer, "expected", check->expected);
	if (!check->passed)
		json_write_string(&writer, "seen", check->seen);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

int tap_report(struct tap *tap, const struct tap_check *check, struct error *err)
{
	auto_buf struct buf out = BUF_EMPTY;

	tap->done++;
	tap->failed += !check->passed;
	if (tap->json)
		add_json(&out, check);
	else
		add_text(&out, tap, check);
	return write_out(&out, err);
}
