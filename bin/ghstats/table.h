#ifndef BIN_GHSTATS_TABLE_H
#define BIN_GHSTATS_TABLE_H

#include <stdbool.h>

#include "lib/buf.h"
#include "lib/stats_rows.h"

/*
 * Rows for people: aligned columns, short times, control characters replaced.  Columns
 * that a table has no room for, and the keys of rows, are left out.
 */
struct table {
	struct buf cells; /* each with a NUL behind it */
	size_t widths[STATS_COLUMNS];
	bool right[STATS_COLUMNS];
	size_t columns;
};

#define TABLE_EMPTY                                                                      \
	{                                                                                \
		.cells = BUF_EMPTY                                                       \
	}
#define auto_table __attribute__((cleanup(table_free)))

void table_add_names(struct table *table, const struct stats_rows *rows);
void table_add_row(struct table *table, const struct stats_rows *rows);
void table_write(struct buf *out, const struct table *table);
void table_free(struct table *table);

#endif
