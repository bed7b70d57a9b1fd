#ifndef LIB_STATS_WHERE_H
#define LIB_STATS_WHERE_H

#include "lib/stats_rows.h"

struct buf;

/* How lists and reports turn filters into conditions.  A field is parameter field + 1;
 * its second meaning, a workflow's number, takes the place of its text. */
enum { STATS_AFTER = STATS_FIELDS + 1, STATS_LIMIT = STATS_AFTER + 2 };

/* A condition for each field that may be used, NULL for the others. */
extern const char *const stats_where_facts[STATS_FIELDS];
extern const char *const stats_where_local[STATS_FIELDS];
extern const char *const stats_where_workflows[STATS_FIELDS];
extern const char *const stats_where_days[STATS_FIELDS];
extern const char *const stats_where_none[STATS_FIELDS];

/* Add " AND …" for what the filter sets; ERROR_USAGE when one may not be used here. */
int stats_where_add(struct buf *sql, const char *const *conditions,
		    const struct stats_filter *filter, struct error *err);

/* Bind the filter and the limit. */
void stats_where_bind(struct stats_rows *rows, const struct stats_question *question);

#endif
