#include "bin/ghstats/commands.h"

#include "lib/db.h"
#include "lib/stats_report.h"
#include "lib/stats_schema.h"

static int summarize(struct db *db, struct error *err)
{
	auto_stats_summary struct stats_summary summary = STATS_SUMMARY_NONE;

	if (stats_summary_open(&summary, db, err) < 0 || db_begin(db, err) < 0)
		return -1;
	/* Also the days whose runs have gone. */
	if (db_execute(db,
		       "INSERT INTO touched SELECT workflow_id, started_ms / 86400000"
		       " FROM workflow_runs WHERE status IS NOT NULL"
		       " UNION SELECT workflow_id, day FROM statistics",
		       err) < 0 ||
	    stats_summarize(&summary, err) < 0)
		return -1;
	return db_commit(db, err);
}

int cmd_summarize(const struct options *options, const struct layout *layout,
		  struct error *err)
{
	auto_db struct db db = DB_NONE;

	(void)options;
	if (stats_open(&db, layout, err) < 0)
		return -1;
	return summarize(&db, err);
}
