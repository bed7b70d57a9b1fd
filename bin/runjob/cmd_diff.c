#include "bin/runjob/commands.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "bin/runjob/env.h"
#include "bin/runjob/request.h"
#include "lib/buf.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/filter.h"
#include "lib/job.h"
#include "lib/json.h"

enum { SPEC_LIMIT = 64 * 1024 * 1024 };

/* What differs from job to job is no difference; of the environment only the names count. */
static const char program[] =
	"def flat: [paths(type != \"object\") as $p | select(all($p[]; type == "
	"\"string\")) |\n"
	"	{key: ($p | join(\".\")), value: getpath($p)}] | from_entries;\n"
	"def side: del(.spec.id, .spec.again, .status.id, .status.pid, "
	".status.created_at,\n"
	"	.status.started_at, .status.finished_at) |\n"
	"	.environment |= with_entries(.value = true) | flat;\n"
	"(.a | side) as $a | (.b | side) as $b | ($a + $b | keys[]) |\n"
	"select($a[.] != $b[.]) | {what: ., a: $a[.], b: $b[.]}";

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

struct printing {
	bool json;
	bool differs;
};

static int print_one(void *context, jv output, struct error *err)
{
	struct printing *printing = context;
	auto_jv jv a = json_get(output, "a");
	auto_jv jv b = json_get(output, "b");
	auto_jv jv what = json_get(output, "what");
	auto_buf struct buf left = BUF_EMPTY;
	auto_buf struct buf right = BUF_EMPTY;

	printing->differs = true;
	if (printing->json)
		return json_print(stdout, output, err);
	json_dump(&left, a);
	json_dump(&right, b);
	if (printf("%s: %s -> %s\n", jv_string_value(what), buf_str(&left),
		   buf_str(&right)) < 0)
		return error_errno(err, "write standard output");
	return 0;
}

int cmd_diff(struct context *context, struct error *err)
{
	const struct options *options = &context->options;
	const struct filter_program source = { .text = program, .name = "diff" };
	struct printing printing = { options->json, false };
	auto_filter struct filter filter = FILTER_NONE;
	auto_buf struct buf text = BUF_EMPTY;
	auto_jv jv sides = jv_invalid();

	if (options->operand_count != 2)
		return error_set(err, ERROR_USAGE, "two job ids are wanted");
	buf_add_str(&text, "{\"a\":");
	if (add_side(&text, context, options->operands[0], err) < 0)
		return -1;
	buf_add_str(&text, ",\"b\":");
	if (add_side(&text, context, options->operands[1], err) < 0)
		return -1;
	buf_add_char(&text, '}');
	if (json_parse(&sides, text.data, text.len, err) < 0 ||
	    filter_compile(&filter, &source, err) < 0 ||
	    filter_run(&filter, sides, print_one, &printing, err) < 0)
		return -1;
	context->status = printing.differs ? 1 : 0;
	return fflush(stdout) == 0 ? 0 : error_errno(err, "write standard output");
}
