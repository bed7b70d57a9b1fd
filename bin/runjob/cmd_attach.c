#include "bin/runjob/commands.h"

#include <stdlib.h>

#include "bin/runjob/request.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/job.h"
#include "lib/path.h"
#include "lib/process.h"
#include "lib/str.h"

/* What enters namespaces is a program of its own; we become it. */
static int become(const struct context *context, const char *word, struct error *err)
{
	auto_job struct job job = JOB_NONE;
	auto_free char *program = path_join(context->layout.libexec, "runjob-attach");
	auto_free const char **argv = NULL;
	int count = context->options.operand_count;
	int used = 4;
	int i;

	if (count == 0)
		return error_set(err, ERROR_USAGE, "a job id is wanted");
	if (request_find(&job, context, context->options.operands[0], err) < 0)
		return -1;
	argv = calloc((size_t)count + 5, sizeof(*argv));
	if (!argv)
		return error_errno(err, "execute '%s'", program);
	argv[0] = program;
	argv[1] = word;
	argv[2] = job.owner;
	argv[3] = job.id;
	/* attach ID -- COMMAND, as run has it */
	for (i = 1; i < count; i++) {
		if (i > 1 || !str_equal(context->options.operands[i], "--"))
			argv[used++] = context->options.operands[i];
	}
	return process_become(argv, (struct str_view){ NULL, 0 }, err);
}

int cmd_attach(struct context *context, struct error *err)
{
	return become(context, "attach", err);
}

int cmd_shell(struct context *context, struct error *err)
{
	if (context->options.operand_count > 1)
		return error_set(err, ERROR_USAGE, "one job id is wanted");
	return become(context, "shell", err);
}
