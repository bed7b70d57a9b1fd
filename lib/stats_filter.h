#ifndef LIB_STATS_FILTER_H
#define LIB_STATS_FILTER_H

#include <stdbool.h>
#include <stdint.h>

struct buf;
struct error;

/* What questions about runs and jobs may be narrowed down by, checked at the door. */
enum stats_field {
	STATS_REPOSITORY,
	STATS_WORKFLOW,
	STATS_BRANCH,
	STATS_EVENT,
	STATS_ACTOR,
	STATS_STATUS,
	STATS_FROM,
	STATS_TO,
	STATS_FIELDS,
};

struct stats_filter {
	const char *text[STATS_FIELDS]; /* NULL: any; not owned */
	int64_t workflow_id;		/* when the workflow is a number, else 0 */
	int64_t from_ms;
	int64_t to_ms;
};

/* "repo", "workflow" ... as in options and in queries. */
const char *stats_field_name(enum stats_field field);
bool stats_field_find(enum stats_field *field, const char *name);

/*
 * Narrow it down; text must live as long as filter.  now_ms is for times like "7d".  A
 * value that cannot be is ERROR_USAGE, and the message names the field.
 */
int stats_filter_set(struct stats_filter *filter, enum stats_field field,
		     const char *text, int64_t now_ms, struct error *err);

/* ERROR_USAGE when it ends before it begins. */
int stats_filter_check(const struct stats_filter *filter, struct error *err);

/* A cursor hides the key of a row, so that nobody builds one. */
void stats_cursor_write(struct buf *out, const char *key);

/* The key of a cursor; ERROR_USAGE when it is none of ours. */
int stats_cursor_read(struct buf *key, const char *cursor, struct error *err);

#endif
