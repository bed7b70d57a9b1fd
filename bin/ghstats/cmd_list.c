#include "bin/ghstats/ask.h"
#include "bin/ghstats/commands.h"
#include "bin/ghstats/options.h"
#include "bin/ghstats/print.h"
#include "lib/buf.h"
#include "lib/stats_list.h"

enum { LIMIT = 30 };

/* workflows, runs and jobs: the list of the command's own name. */
int cmd_list(const struct options *options, const struct layout *layout,
	     struct error *err)
{
	const struct stats_list *list =
		stats_list_find(options->local ? "local_jobs" : options->command);
	auto_db struct db db = DB_NONE;
	auto_stats_rows struct stats_rows rows = STATS_ROWS_NONE;
	auto_buf struct buf key = BUF_EMPTY;
	struct stats_question question = { 0 };

	if (ask_question(&question, &key, options, err) < 0 ||
	    ask_open(&db, layout, err) < 0)
		return -1;
	if (!question.limit)
		question.limit = LIMIT;
	if (stats_list_ask(&rows, &db, list, &question, err) < 0)
		return -1;
	return print_rows(&rows, options->format, err);
}
