#include "bin/runjob/commands.h"

#include <stdio.h>

#include "bin/runjob/request.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/path.h"
#include "lib/process.h"
#include "lib/str.h"
#include "lib/turn.h"

/* What reads JSON is a program of its own; we become it. */
static int become_consumer(const struct context *context, struct error *err)
{
	auto_free char *program = path_join(context->layout.libexec, "runjob-consume");
	const char *argv[] = { program, context->layout.owner, NULL };

	return process_become(argv, (struct str_view){ NULL, 0 }, err);
}

int cmd_start(struct context *context, struct error *err)
{
	auto_turn struct turn turn = TURN_NONE;
	const struct options *options = &context->options;

	if (options->operand_count == 1 && str_equal(options->operands[0], "-"))
		return become_consumer(context, err);
	context->options.plan.waits = 1;
	if (request_start(&turn, context, -1, err) < 0)
		return -1;
	if (printf(options->json ? "{\"id\":\"%s\"}\n" : "%s\n", turn.submission.job.id) <
		    0 ||
	    fflush(stdout) != 0)
		return error_errno(err, "write standard output");
	return 0;
}
