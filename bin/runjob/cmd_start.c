#include "bin/runjob/commands.h"

#include <stdio.h>

#include "bin/runjob/consume.h"
#include "bin/runjob/request.h"
#include "lib/turn.h"
#include "lib/error.h"
#include "lib/str.h"

int cmd_start(struct context *context, struct error *err)
{
	auto_turn struct turn turn = TURN_NONE;
	const struct options *options = &context->options;

	if (options->operand_count == 1 && str_equal(options->operands[0], "-"))
		return consume_lines(&context->layout, &context->config, err);
	context->options.plan.waits = 1;
	if (request_start(&turn, context, -1, err) < 0)
		return -1;
	if (printf(options->json ? "{\"id\":\"%s\"}\n" : "%s\n", turn.submission.job.id) <
		    0 ||
	    fflush(stdout) != 0)
		return error_errno(err, "write standard output");
	return 0;
}
