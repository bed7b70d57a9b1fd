#include "bin/ghstats/commands.h"

#include "bin/ghstats/options.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/process.h"
#include "lib/stats_schema.h"
#include "lib/str.h"

/* The server opens the database for reading only: what it needs must be there. */
static int prepare(const struct layout *layout, struct error *err)
{
	auto_db struct db db = DB_NONE;
	struct error missing = { 0 };

	if (stats_open_read(&db, layout, &missing) == 0)
		return 0;
	return stats_open(&db, layout, err);
}

/* What needs the network library is a program of its own; we become it. */
int cmd_serve(const struct options *options, const struct layout *layout,
	      struct error *err)
{
	auto_free char *program = path_join(layout->libexec, "ghstats-serve");
	const char *argv[10] = { program };
	int count = 1;

	if (options->listen && options->inetd)
		return error_set(err, ERROR_USAGE, "-l and -i exclude each other");
	if (prepare(layout, err) < 0)
		return -1;
	if (options->cli.debug)
		argv[count++] = "-d";
	if (options->inetd)
		argv[count++] = "-i";
	if (options->listen) {
		argv[count++] = "-l";
		argv[count++] = options->listen;
	}
	if (options->login) {
		argv[count++] = "-o";
		argv[count++] = options->login;
	}
	return process_become(argv, (struct str_view){ NULL, 0 }, err);
}
