#ifndef LIB_STATS_LIST_H
#define LIB_STATS_LIST_H

#include "lib/stats_rows.h"

/*
 * Rows of the database of lib/stats_schema.h as they are, page by page.  The SQL is put
 * together from constant pieces; what came from outside is bound.
 */
struct stats_list;

/* "runs", "jobs", "local_jobs", "workflows", "repositories", and "days" (the statistics of
 * a workflow); NULL for another name. */
const struct stats_list *stats_list_find(const char *name);

/* Its name, and whether it may be narrowed down by the field. */
const char *stats_list_name(const struct stats_list *list);
bool stats_list_takes(const struct stats_list *list, enum stats_field field);

/* ERROR_USAGE: the cursor is of another list, or a field does not belong to it. */
int stats_list_ask(struct stats_rows *rows, struct db *db, const struct stats_list *list,
		   const struct stats_question *question, struct error *err);

#endif
