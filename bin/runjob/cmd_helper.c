#include "bin/runjob/commands.h"

#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
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
	(void)execv(program, argv);
	(void)error_errno(err, "execute '%s'", program);
	err->kind = ERROR_CONFIG;
	return -1;
}
