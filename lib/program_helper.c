#include "lib/program_helper.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include "lib/log.h"
#include "lib/str.h"

bool program_helper(const char *log, const char *usage, int argc, char *argv[])
{
	log_start(log, false);
	(void)signal(SIGPIPE, SIG_IGN);
	if (argc != 2)
		return false;
	if (str_equal(argv[1], "-h") || str_equal(argv[1], "--help"))
		return puts(usage) >= 0;
	if (str_equal(argv[1], "-V") || str_equal(argv[1], "--version"))
		return printf("%s " HOOKTOOLS_VERSION "\n",
			      program_invocation_short_name) >= 0;
	return false;
}
