#include "bin/runjob/commands.h"

#include "lib/cleanup.h"
#include "lib/process.h"
#include "lib/str.h"

/* What needs more libraries than jobs do is a program of its own, called as the command is; we
 * become it. */
int cmd_helper(struct context *context, struct error *err)
{
	char **argv = context->options.operands - 1;
	/* What runs one has the name already. */
	const char *name = str_equal(argv[0], "pipeline") ? "registry" : argv[0];
	auto_free char *program =
		str_format("%s/runjob-%s", context->layout.libexec, name);

	argv[0] = program;
	return process_become((const char *const *)argv, (struct str_view){ NULL, 0 },
			      err);
}
