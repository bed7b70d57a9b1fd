#include "bin/runjob/commands.h"

#include "bin/runjob/request.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/job.h"
#include "lib/path.h"
#include "lib/process.h"

/* What draws is a program of its own; we become it. */
static int become(const struct context *context, const char *word, const char *format,
		  struct error *err)
{
	auto_job struct job job = JOB_NONE;
	auto_free char *program = path_join(context->layout.libexec, "runjob-timeline");
	const char *argv[] = { program, word, format, job.owner, job.id, NULL };
	const char *id = NULL;

	if (request_operand(&id, context, err) < 0 ||
	    request_find(&job, context, id, err) < 0)
		return -1;
	return process_become(argv, (struct str_view){ NULL, 0 }, err);
}

int cmd_timeline(struct context *context, struct error *err)
{
	const struct options *options = &context->options;

	if (options->json && options->svg)
		return error_set(err, ERROR_USAGE, "--json or --svg, not both");
	return become(context, "timeline",
		      options->svg    ? "svg"
		      : options->json ? "json"
				      : "text",
		      err);
}

int cmd_watch(struct context *context, struct error *err)
{
	return become(context, "watch", context->options.json ? "json" : "text", err);
}
