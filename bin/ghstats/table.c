#include "bin/ghstats/table.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "lib/str.h"

enum { CELL_MAX = 40, DATE_SHOWN = 16 };

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

/* Long, or said by another column. */
static bool is_shown(const struct stats_column *column)
{
	static const char *const hidden[] = {
		"workflow_id", "repository_id", "sha",	       "owner",	 "event_id",
		"created_at",  "completed_at",	"finished_at", "labels", "runner_group",
		"run_id",      "completed",	"succeeded",   "timed",
	};

	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		if (str_equal(hidden[i], column->name))
			return false;
	}
	return true;
}

static size_t width_of(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

static void add_cell(struct table *table, size_t column, const char *text)
{
	size_t width = 0;

	for (; *text; text++) {
		bool starts = ((unsigned char)*text & 0xc0) != 0x80;

		if (starts && width == CELL_MAX)
			break;
		width += starts;
		buf_add_char(&table->cells,
			     (unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text);
	}
	buf_add_char(&table->cells, '\0');
	if (width > table->widths[column])
		table->widths[column] = width;
}

/* "42s", "3m05s", "2h10m", "1d04h". */
static void add_duration(struct buf *out, int64_t ms)
{
	int64_t s = ms / SECOND_MS;

	if (ms < MINUTE_MS)
		buf_add_format(out, "%" PRId64 "s", s);
	else if (ms < HOUR_MS)
		buf_add_format(out, "%" PRId64 "m%02" PRId64 "s", s / 60, s % 60);
	else if (ms < DAY_MS)
		buf_add_format(out, "%" PRId64 "h%02" PRId64 "m", s / 3600, s / 60 % 60);
	else
		buf_add_format(out, "%" PRId64 "d%02" PRId64 "h", s / 86400,
			       s / 3600 % 24);
}

static void add_value(struct buf *out, const struct stats_rows *rows, size_t column)
{
	const struct db_statement *statement = &rows->statement;

	if (db_is_null(statement, (int)column)) {
		buf_add_char(out, '-');
		return;
	}
	switch (rows->columns[column].kind) {
	case STATS_DURATION:
		add_duration(out, db_int(statement, (int)column));
		break;
	case STATS_RATE:
		buf_add_format(out, "%.1f%%", 100 * db_double(statement, (int)column));
		break;
	case STATS_TIME:
		(void)stats_rows_text(out, rows, column);
		buf_cut(out, DATE_SHOWN);
		out->data[strlen("2026-11-20")] = ' ';
		break;
	case STATS_TEXT:
	case STATS_NUMBER:
	default:
		(void)stats_rows_text(out, rows, column);
	}
}

/* "p50_ms" is P50, "started_at" is STARTED. */
static void add_name(struct buf *out, const char *name)
{
	size_t len = strlen(name);

	if (str_ends(name, "_ms") || str_ends(name, "_at"))
		len -= strlen("_ms");
	for (size_t i = 0; i < len; i++)
		buf_add_char(out, name[i] == '_' ? ' ' : (char)toupper(name[i]));
}

void table_add_names(struct table *table, const struct stats_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		auto_buf struct buf name = BUF_EMPTY;

		if (!is_shown(&rows->columns[i]))
			continue;
		add_name(&name, rows->columns[i].name);
		table->right[table->columns] = rows->columns[i].kind != STATS_TEXT &&
					       rows->columns[i].kind != STATS_TIME;
		add_cell(table, table->columns++, buf_str(&name));
	}
}

void table_add_row(struct table *table, const struct stats_rows *rows)
{
	size_t column = 0;

	for (size_t i = 0; i < rows->count; i++) {
		auto_buf struct buf value = BUF_EMPTY;

		if (!is_shown(&rows->columns[i]))
			continue;
		add_value(&value, rows, i);
		add_cell(table, column++, buf_str(&value));
	}
}

static void add_spaces(struct buf *out, size_t count)
{
	while (count--)
		buf_add_char(out, ' ');
}

void table_write(struct buf *out, const struct table *table)
{
	const char *cell = buf_str(&table->cells);
	const char *end = cell + table->cells.len;

	for (size_t column = 0; cell < end; cell += strlen(cell) + 1) {
		size_t room = table->widths[column] - width_of(cell);
		bool last = column + 1 == table->columns;

		if (table->right[column])
			add_spaces(out, room);
		buf_add_str(out, cell);
		if (!table->right[column] && !last)
			add_spaces(out, room);
		buf_add_str(out, last ? "\n" : "  ");
		column = last ? 0 : column + 1;
	}
}

void table_free(struct table *table)
{
	buf_free(&table->cells);
}
