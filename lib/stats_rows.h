#ifndef LIB_STATS_ROWS_H
#define LIB_STATS_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/db.h"
#include "lib/json_write.h"
#include "lib/stats_filter.h"

struct error;

/* The answer to a question: rows of named columns, and the key of each for a cursor. */
enum stats_kind {
	STATS_TEXT,
	STATS_NUMBER,
	STATS_RATE,	/* from 0 to 1 */
	STATS_DURATION, /* ms */
	STATS_TIME,	/* Unix ms; written as RFC 3339 */
};

struct stats_column {
	const char *name;
	enum stats_kind kind;
	const char *sql; /* what it is computed from */
};

enum { STATS_COLUMNS = 24 };

struct stats_rows {
	struct db_statement statement;
	struct stats_column columns[STATS_COLUMNS];
	size_t count;
};

#define STATS_ROWS_NONE                                                                  \
	{                                                                                \
		.statement = DB_STATEMENT_NONE                                           \
	}
#define auto_stats_rows __attribute__((cleanup(stats_rows_free)))

int stats_rows_next(bool *row, struct stats_rows *rows, struct error *err);

/* The present row: a column's value as text for machines (false when it is null), the whole
 * row as members of an object, its key. */
bool stats_rows_text(struct buf *out, const struct stats_rows *rows, size_t column);
void stats_rows_members(struct json_writer *writer, const struct stats_rows *rows);
const char *stats_rows_key(const struct stats_rows *rows);
void stats_rows_free(struct stats_rows *rows);

struct stats_question {
	struct stats_filter filter;
	const char *after; /* the key of the row before, or NULL */
	int64_t limit;	   /* rows; -1: all */
};

#endif
