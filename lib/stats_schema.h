#ifndef LIB_STATS_SCHEMA_H
#define LIB_STATS_SCHEMA_H

#include "lib/db.h"

struct error;
struct layout;

/*
 * The database of ghstats(1), <state>/ghstats.db.  Times are Unix milliseconds.  A
 * workflow run is a row for each attempt; a row without a status is known from its jobs
 * only, and no view shows it.  Questions go to the views run_facts, job_facts and
 * local_facts, whose columns have the same names.
 */

/* Open it for writing: made, or brought to this version, if need be. */
int stats_open(struct db *db, const struct layout *layout, struct error *err);

/* Open it for reading only, once it is of this version.  Missing is ERROR_ABSENT. */
int stats_open_read(struct db *db, const struct layout *layout, struct error *err);

#endif
