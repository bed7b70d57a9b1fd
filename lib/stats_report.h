#ifndef LIB_STATS_REPORT_H
#define LIB_STATS_REPORT_H

#include "lib/stats_rows.h"

/* Figures about groups of runs or jobs: how many, how often well, how long. */
struct stats_report;

/* By "workflow", "repository", "branch", "actor", "event", "job", "label", "day", "week", or
 * "total" (always one row); NULL for another name. */
const struct stats_report *stats_report_find(const char *name);

int stats_report_ask(struct stats_rows *rows, struct db *db,
		     const struct stats_report *report,
		     const struct stats_question *question, struct error *err);

/*
 * Keeps the table statistics: opened, it has made the temporary table touched
 * (touched_workflow, touched_day) of this connection, and stats_summarize computes the rows
 * anew that touched names, and empties it.
 */
struct stats_summary {
	struct db_statement forget;
	struct db_statement compute;
	struct db_statement clear;
};

#define STATS_SUMMARY_NONE                                                               \
	{                                                                                \
		DB_STATEMENT_NONE, DB_STATEMENT_NONE, DB_STATEMENT_NONE                  \
	}
#define auto_stats_summary __attribute__((cleanup(stats_summary_close)))

int stats_summary_open(struct stats_summary *summary, struct db *db, struct error *err);
int stats_summarize(struct stats_summary *summary, struct error *err);
void stats_summary_close(struct stats_summary *summary);

#endif
