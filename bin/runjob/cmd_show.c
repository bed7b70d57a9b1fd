#include "bin/runjob/commands.h"

#include <unistd.h>

#include "bin/runjob/request.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job.h"
#include "lib/json_scan.h"
#include "lib/json_write.h"
#include "lib/path.h"
#include "lib/str.h"

enum { SPEC_LIMIT = 64 * 1024 * 1024 };

/* The status, with what was asked and where the log is behind it. */
static int describe(struct buf *out, const struct job *job, struct error *err)
{
	struct json_writer writer = { out, true };
	struct job_status status = { 0 };
	auto_free char *log = path_join(job->dir, "log");
	auto_buf struct buf spec = BUF_EMPTY;
	bool found = false;

	if (job_status_now(&status, &found, job, err) < 0 ||
	    file_read(&spec, job->fd, "spec.json", SPEC_LIMIT, err) < 0)
		return -1;
	if (!found)
		return error_set(err, ERROR_ABSENT, "job '%s' has no status yet",
				 job->id);
	job_status_dump(out, job, &status);
	buf_cut(out, out->len - 1);
	if (spec.len)
		json_write_raw(&writer, "spec", spec.data, spec.len - 1);
	json_write_string(&writer, "log", log);
	json_write_object_end(&writer);
	return 0;
}

/* One line a member, for people. */
static void make_table(struct buf *table, const struct buf *text)
{
	struct str_view rest = { text->data, text->len };
	struct str_view name;
	struct str_view value;

	while (json_scan_next(&name, &value, &rest)) {
		if (!str_view_equal(value, "null"))
			buf_add_format(table, "%-12.*s %.*s\n", (int)name.len, name.data,
				       (int)value.len, value.data);
	}
}

int cmd_show(struct context *context, struct error *err)
{
	auto_job struct job job = JOB_NONE;
	auto_buf struct buf text = BUF_EMPTY;
	auto_buf struct buf table = BUF_EMPTY;
	const char *id = NULL;

	if (request_operand(&id, context, err) < 0 ||
	    request_find(&job, context, id, err) < 0 || describe(&text, &job, err) < 0)
		return -1;
	if (context->options.json || !isatty(STDOUT_FILENO)) {
		buf_add_char(&text, '\n');
		return file_write(STDOUT_FILENO, text.data, text.len, "standard output",
				  err);
	}
	make_table(&table, &text);
	return file_write(STDOUT_FILENO, buf_str(&table), table.len, "standard output",
			  err);
}
