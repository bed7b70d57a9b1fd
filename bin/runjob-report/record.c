#include "bin/runjob-report/record.h"

#include <stdbool.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_plain.h"
#include "lib/json_write.h"

#define FILE_LIMIT 4096

static const char *const names[RECORD_STATES] = { "none", "creating", "started",
						  "completed" };

int record_read(struct record *record, int folder, const char *job_id, struct error *err)
{
	auto_free char *name = str_format("%s.json", job_id);
	auto_buf struct buf text = BUF_EMPTY;
	struct str_view view = { NULL, 0 };
	struct str_view state = { NULL, 0 };
	struct record read = { RECORD_NONE, 0 };
	bool found = false;

	if (file_read_if(&text, &found, folder, name, FILE_LIMIT, err) < 0)
		return -1;
	if (!found) {
		*record = read;
		return 0;
	}
	view = (struct str_view){ buf_str(&text), text.len };
	if (!json_plain_is_valid(view) || !json_plain_string(&state, view, "state") ||
	    !json_plain_u64(&read.check_run_id, view, "check_run_id"))
		return error_set(err, ERROR_DATA, "report record '%s' is damaged", name);
	for (int i = 0; i < RECORD_STATES; i++)
		if (str_view_equal(state, names[i]))
			read.state = (enum record_state)i;
	*record = read;
	return 0;
}

int record_write(const struct record *record, int folder, const char *job_id,
		 struct error *err)
{
	auto_free char *name = str_format("%s.json", job_id);
	auto_buf struct buf text = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&text);

	json_write_object(&writer, NULL);
	json_write_u64(&writer, "check_run_id", record->check_run_id);
	json_write_string(&writer, "state", names[record->state]);
	json_write_object_end(&writer);
	buf_add_char(&text, '\n');
	return file_replace(folder, name, text.data, text.len, 0600, err);
}
