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

/* Make the temporary table touched (touched_workflow, touched_day) of this connection. */
int stats_touched_make(struct db *db, struct error *err);

/* Compute the rows of the table statistics anew that touched names, and empty it. */
int stats_summarize(struct db *db, struct error *err);

#endif
