#include "bin/ghstats/ask.h"
#include "bin/ghstats/commands.h"
#include "bin/ghstats/options.h"
#include "bin/ghstats/print.h"
#include "lib/buf.h"
#include "lib/stats_report.h"

int cmd_report(const struct options *options, const struct layout *layout,
	       struct error *err)
{
	const struct stats_report *report =
		stats_report_find(options->by ? options->by : "workflow");
	auto_db struct db db = DB_NONE;
	auto_stats_rows struct stats_rows rows = STATS_ROWS_NONE;
	auto_buf struct buf key = BUF_EMPTY;
	struct stats_question question = { 0 };

	if (ask_question(&question, &key, options, err) < 0 ||
	    ask_open(&db, layout, err) < 0)
		return -1;
	if (!question.limit)
		question.limit = -1;
	if (stats_report_ask(&rows, &db, report, &question, err) < 0)
		return -1;
	return print_rows(&rows, options->format, err);
}
