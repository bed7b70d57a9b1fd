#include "bin/hookroute/conform_samples.h"

#include <fcntl.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_plain.h"
#include "lib/json_scan.h"
#include "lib/json_write.h"

enum { FILE_LIMIT = 16 << 20 };

static const char event[] =
	"{\"id\":null,\"hook\":null,\"name\":\"acme/site\",\"provider\":\"hooktools\","
	"\"event\":\"consumer-test\",\"delivery\":\"consumer-test\","
	"\"received_at\":\"2026-11-21T12:00:00.000Z\",\"remote\":null,\"headers\":{},"
	"\"payload\":{\"text\":\"hookroute consumer-test\"}}\n";

static int check_lines(const struct buf *text, const char *path, struct error *err)
{
	const char *rest = buf_str(text);
	unsigned number = 0;

	if (!text->len)
		return error_set(err, ERROR_DATA, "'%s' has no values", path);
	while (*rest) {
		size_t len = strcspn(rest, "\n");

		number++;
		if (!json_plain_is_valid((struct str_view){ rest, len }))
			return error_set(err, ERROR_DATA, "%s:%u: no JSON", path, number);
		rest += len + (rest[len] == '\n');
	}
	return 0;
}

int conform_samples_read(struct conform_samples *samples, const char *path,
			 struct error *err)
{
	if (!path) {
		buf_add_str(&samples->text, event);
		return 0;
	}
	if (file_read(&samples->text, AT_FDCWD, path, FILE_LIMIT, err) < 0)
		return -1;
	return check_lines(&samples->text, path, err);
}

void conform_samples_free(struct conform_samples *samples)
{
	buf_free(&samples->text);
}

static struct str_view next_line(struct conform_samples *samples)
{
	const char *start = buf_str(&samples->text) + samples->at;
	size_t len = strcspn(start, "\n");

	samples->at += len + 1;
	if (samples->at >= samples->text.len)
		samples->at = 0;
	return (struct str_view){ start, len };
}

/* All members but the id and the one that is replaced, which come anew. */
static void write_object(struct json_writer *writer, struct conform_samples *samples,
			 struct str_view line, const char *without)
{
	struct str_view name = { NULL, 0 };
	struct str_view value = { NULL, 0 };
	char id[UUID_LEN];

	uuid_next(id, &samples->ids, date_now_ms());
	json_write_object(writer, NULL);
	json_write_string(writer, "id", id);
	while (json_scan_next(&name, &value, &line)) {
		auto_buf struct buf member = BUF_EMPTY;

		if (str_view_equal(name, "id") ||
		    (without && str_view_equal(name, without)))
			continue;
		/* The name as it was written, escapes and all. */
		buf_add_format(&member, "\"%.*s\":", (int)name.len, name.data);
		buf_add(&member, value.data, value.len);
		json_write_raw(writer, NULL, member.data, member.len);
	}
}

void conform_samples_next(struct buf *out, struct conform_samples *samples)
{
	struct str_view nothing = { NULL, 0 };

	conform_samples_with(out, samples, NULL, nothing);
}

void conform_samples_with(struct buf *out, struct conform_samples *samples,
			  const char *name, struct str_view raw)
{
	struct str_view line = next_line(samples);
	struct json_writer writer = JSON_WRITER(out);
	size_t blanks = strspn(line.data, " \t");

	if (line.data[blanks] != '{') {
		buf_add(out, line.data, line.len);
		return;
	}
	write_object(&writer, samples, line, name);
	if (name)
		json_write_raw(&writer, name, raw.data, raw.len);
	json_write_object_end(&writer);
}
