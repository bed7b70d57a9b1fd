#include "bin/runjob/commands.h"

#include <string.h>
#include <unistd.h>

#include "bin/runjob/request.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job.h"
#include "lib/json.h"
#include "lib/json_write.h"
#include "lib/path.h"

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
static int make_table(struct buf *table, const struct buf *text, struct error *err)
{
	auto_jv jv object = jv_invalid();
	auto_jv jv keys = jv_invalid();
	size_t i;

	if (json_parse(&object, text->data, text->len, err) < 0)
		return -1;
	keys = json_keys(object);
	for (i = 0; i < json_length(keys); i++) {
		auto_free char *key = NULL;
		auto_jv jv value = jv_invalid();

		if (json_element(&key, keys, i, "a key", err) < 0)
			return -1;
		value = json_get(object, key);
		if (jv_get_kind(value) == JV_KIND_NULL)
			continue;
		buf_add_format(table, "%-12s ", key);
		json_dump(table, value);
		buf_add_char(table, '\n');
	}
	return 0;
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
	if (make_table(&table, &text, err) < 0)
		return -1;
	return file_write(STDOUT_FILENO, buf_str(&table), table.len, "standard output",
			  err);
}
