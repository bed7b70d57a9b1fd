#include "bin/runjob/commands.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "bin/runjob/env.h"
#include "bin/runjob/request.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job.h"
#include "lib/path.h"
#include "lib/process.h"

enum { SPEC_LIMIT = 64 * 1024 * 1024 };

static int add_file(struct buf *out, const struct job *job, const char *name,
		    struct error *err)
{
	bool found = false;

	if (file_read_if(out, &found, job->fd, name, SPEC_LIMIT, err) < 0)
		return -1;
	if (!found)
		buf_add_str(out, "{}");
	return 0;
}

/* {"spec":...,"status":...,"environment":...,"log_bytes":...} */
static int add_side(struct buf *out, const struct context *context, const char *id,
		    struct error *err)
{
	auto_job struct job job = JOB_NONE;
	auto_buf struct buf names = BUF_EMPTY;
	struct error absent = { 0 };
	struct stat log = { 0 };

	if (request_find(&job, context, id, err) < 0)
		return -1;
	buf_add_str(out, "{\"spec\":");
	if (add_file(out, &job, "spec.json", err) < 0)
		return -1;
	buf_add_str(out, ",\"status\":");
	if (add_file(out, &job, "status.json", err) < 0)
		return -1;
	/* One that has not begun has none. */
	if (env_dump(&names, &job, true, &absent) < 0)
		buf_clear(&names);
	(void)fstatat(job.fd, "log", &log, 0);
	buf_add_format(out, ",\"environment\":%s,\"log_bytes\":%lld}",
		       names.len ? buf_str(&names) : "{}", (long long)log.st_size);
	return 0;
}

/* What compares them is a program of its own, which reads them; we become it. */
int cmd_diff(struct context *context, struct error *err)
{
	const struct options *options = &context->options;
	auto_free char *program = path_join(context->layout.libexec, "runjob-diff");
	const char *argv[] = { program, options->json ? "--json" : NULL, NULL };
	auto_buf struct buf text = BUF_EMPTY;

	if (options->operand_count != 2)
		return error_set(err, ERROR_USAGE, "two job ids are wanted");
	buf_add_str(&text, "{\"a\":");
	if (add_side(&text, context, options->operands[0], err) < 0)
		return -1;
	buf_add_str(&text, ",\"b\":");
	if (add_side(&text, context, options->operands[1], err) < 0)
		return -1;
	buf_add_char(&text, '}');
	return process_become(argv, (struct str_view){ text.data, text.len }, err);
}
