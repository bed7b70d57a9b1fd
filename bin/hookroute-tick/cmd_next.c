#include "bin/hookroute-tick/commands.h"

#include <unistd.h>

#include "bin/hookroute-tick/options.h"
#include "lib/buf.h"
#include "lib/cron.h"
#include "lib/cron_next.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_write.h"
#include "lib/zone.h"

static void add_time(struct buf *out, int64_t time, bool json)
{
	struct json_writer writer = JSON_WRITER(out);
	char local[ZONE_TEXT];
	char date[DATE_LEN];

	zone_format(local, time);
	date_format(date, time * 1000);
	if (!json) {
		buf_add_format(out, "%.19sZ  %s\n", date, local);
		return;
	}
	json_write_object(&writer, NULL);
	json_write_string(&writer, "due_at", date);
	json_write_string(&writer, "local", local);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

int cmd_next(const struct options *options, const struct layout *layout,
	     struct error *err)
{
	auto_zone struct zone zone = ZONE_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;
	int64_t time = options->now_ms / 1000;
	struct cron cron = { 0 };
	uint64_t i;

	(void)layout;
	zone_open(&zone);
	if (cron_parse(&cron, options->operands[0], err) < 0 ||
	    zone_use(&zone, options->timezone, err) < 0)
		return -1;
	for (i = 0; i < options->count && cron_next(&time, &cron, time); i++)
		add_time(&out, time, options->json);
	return file_write(STDOUT_FILENO, out.data, out.len, "standard output", err);
}
