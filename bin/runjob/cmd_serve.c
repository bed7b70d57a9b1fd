#include "bin/runjob/commands.h"

#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/path.h"

/* What needs the network and TLS is a program of its own; we become it. */
int cmd_serve(struct context *context, struct error *err)
{
	auto_free char *program = path_join(context->layout.libexec, "runjob-serve");
	char **argv = context->options.operands - 1;

	argv[0] = program;
	(void)execv(program, argv);
	(void)error_errno(err, "execute '%s'", program);
	err->kind = ERROR_CONFIG;
	return -1;
}
