#include "bin/hookroute/replay.h"

#include "lib/buf.h"
#include "lib/json_scan.h"
#include "lib/json_write.h"

void replay_line(struct buf *out, struct str_view line, const char *id,
		 const char *replayed_from)
{
	struct json_writer writer = JSON_WRITER(out);
	struct str_view name;
	struct str_view value;

	json_write_object(&writer, NULL);
	json_write_string(&writer, "id", id);
	json_write_string(&writer, "replayed_from", replayed_from);
	while (json_scan_next(&name, &value, &line)) {
		if (str_view_equal(name, "id") || str_view_equal(name, "replayed_from"))
			continue;
		/* The name is written already: it must not be escaped again. */
		buf_add_str(out, ",\"");
		buf_add(out, name.data, name.len);
		buf_add_str(out, "\":");
		buf_add(out, value.data, value.len);
	}
	json_write_object_end(&writer);
}
