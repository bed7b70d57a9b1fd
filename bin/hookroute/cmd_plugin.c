#include <unistd.h>

#include "bin/hookroute/commands.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/log.h"
#include "lib/path.h"

/* What needs a database is a program of its own; we become it. */
int cmd_plugin(char *argv[], int at)
{
	auto_layout struct layout layout = LAYOUT_EMPTY;
	auto_free char *program = NULL;
	struct error err = { 0 };

	log_start("hookroute", false);
	if (layout_read(&layout, &err) == 0) {
		program = path_join(layout.libexec, "hookroute-plugin");
		/* -d goes with it. */
		if (at > 1)
			argv[at--] = argv[1];
		argv[at] = program;
		(void)execv(program, argv + at);
		(void)error_errno(&err, "execute '%s'", program);
		err.kind = ERROR_CONFIG;
	}
	log_error("%s", err.message);
	return error_exit_status(&err);
}
