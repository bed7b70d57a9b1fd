#include "lib/stats_rows.h"

#include <inttypes.h>

#include "lib/buf.h"
#include "lib/date.h"

int stats_rows_next(bool *row, struct stats_rows *rows, struct error *err)
{
	return db_step(row, &rows->statement, err);
}

bool stats_rows_text(struct buf *out, const struct stats_rows *rows, size_t column)
{
	const struct db_statement *statement = &rows->statement;
	char date[DATE_LEN];
	struct str_view text;

	if (db_is_null(statement, (int)column))
		return false;
	switch (rows->columns[column].kind) {
	case STATS_TIME:
		date_format(date, db_int(statement, (int)column));
		buf_add_str(out, date);
		break;
	case STATS_RATE:
		buf_add_format(out, "%.4f", db_double(statement, (int)column));
		break;
	case STATS_NUMBER:
	case STATS_DURATION:
		buf_add_format(out, "%" PRId64, db_int(statement, (int)column));
		break;
	case STATS_TEXT:
	default:
		text = db_view(statement, (int)column);
		buf_add(out, text.data, text.len);
	}
	return true;
}

static void write_member(struct json_writer *writer, const struct stats_rows *rows,
			 size_t column)
{
	auto_buf struct buf text = BUF_EMPTY;
	const char *name = rows->columns[column].name;

	if (!stats_rows_text(&text, rows, column))
		json_write_null(writer, name);
	else if (rows->columns[column].kind == STATS_TEXT ||
		 rows->columns[column].kind == STATS_TIME)
		json_write_bytes(writer, name, buf_str(&text), text.len);
	else
		json_write_raw(writer, name, text.data, text.len);
}

void stats_rows_members(struct json_writer *writer, const struct stats_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		write_member(writer, rows, i);
}

const char *stats_rows_key(const struct stats_rows *rows)
{
	return db_text(&rows->statement, (int)rows->count);
}

void stats_rows_free(struct stats_rows *rows)
{
	db_finish(&rows->statement);
}
