#include "bin/ghstats/print.h"

#include <string.h>
#include <unistd.h>

#include "bin/ghstats/table.h"
#include "lib/buf.h"
#include "lib/error.h"
#include "lib/file.h"

enum { FLUSH_BYTES = 65536 };

/* Writes a row, or with NULL the names above them. */
typedef void row_writer(struct buf *out, const struct stats_rows *rows, bool names);

static int flush(struct buf *out, struct error *err)
{
	int status =
		file_write(STDOUT_FILENO, buf_str(out), out->len, "standard output", err);

	buf_clear(out);
	return status;
}

/* The text of a column; the last is the cursor. */
static void add_cell(struct buf *out, const struct stats_rows *rows, size_t column,
		     bool name)
{
	if (name)
		buf_add_str(out,
			    column < rows->count ? rows->columns[column].name : "cursor");
	else if (column < rows->count)
		(void)stats_rows_text(out, rows, column);
	else
		stats_cursor_write(out, stats_rows_key(rows));
}

static void write_json(struct buf *out, const struct stats_rows *rows, bool names)
{
	struct json_writer writer = JSON_WRITER(out);
	auto_buf struct buf cursor = BUF_EMPTY;

	if (names)
		return;
	stats_cursor_write(&cursor, stats_rows_key(rows));
	json_write_object(&writer, NULL);
	stats_rows_members(&writer, rows);
	json_write_string(&writer, "cursor", buf_str(&cursor));
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

/* A tab, a line break or a backslash inside a cell is written \t, \n, \\. */
static void write_tsv(struct buf *out, const struct stats_rows *rows, bool names)
{
	static const char special[] = "\t\n\r\\";
	static const char letters[] = "tnr\\";

	for (size_t i = 0; i <= rows->count; i++) {
		auto_buf struct buf cell = BUF_EMPTY;

		add_cell(&cell, rows, i, names);
		if (i)
			buf_add_char(out, '\t');
		for (const char *at = buf_str(&cell); *at; at++) {
			const char *found = strchr(special, *at);

			if (found)
				buf_add_char(out, '\\');
			buf_add_char(out, found ? letters[found - special] : *at);
		}
	}
	buf_add_char(out, '\n');
}

static void write_csv(struct buf *out, const struct stats_rows *rows, bool names)
{
	for (size_t i = 0; i <= rows->count; i++) {
		auto_buf struct buf cell = BUF_EMPTY;
		const char *quote;

		add_cell(&cell, rows, i, names);
		quote = strpbrk(buf_str(&cell), ",\"\r\n") ? "\"" : "";
		buf_add_format(out, "%s%s", i ? "," : "", quote);
		for (const char *at = buf_str(&cell); *at; at++) {
			if (*at == '"')
				buf_add_char(out, '"');
			buf_add_char(out, *at);
		}
		buf_add_str(out, quote);
	}
	buf_add_str(out, "\r\n");
}

static int print_lines(struct stats_rows *rows, row_writer *write, struct error *err)
{
	auto_buf struct buf out = BUF_EMPTY;
	bool row = false;

	write(&out, rows, true);
	for (;;) {
		if (stats_rows_next(&row, rows, err) < 0)
			return -1;
		if (!row)
			return flush(&out, err);
		write(&out, rows, false);
		if (out.len >= FLUSH_BYTES && flush(&out, err) < 0)
			return -1;
	}
}

static int print_table(struct stats_rows *rows, struct error *err)
{
	auto_buf struct buf out = BUF_EMPTY;
	auto_table struct table table = TABLE_EMPTY;
	bool row = false;

	table_add_names(&table, rows);
	for (;;) {
		if (stats_rows_next(&row, rows, err) < 0)
			return -1;
		if (!row)
			break;
		table_add_row(&table, rows);
	}
	table_write(&out, &table);
	return flush(&out, err);
}

int print_rows(struct stats_rows *rows, enum options_format format, struct error *err)
{
	if (format == FORMAT_AUTO)
		format = isatty(STDOUT_FILENO) ? FORMAT_TABLE : FORMAT_JSON;
	switch (format) {
	case FORMAT_TABLE:
		return print_table(rows, err);
	case FORMAT_TSV:
		return print_lines(rows, write_tsv, err);
	case FORMAT_CSV:
		return print_lines(rows, write_csv, err);
	case FORMAT_AUTO:
	case FORMAT_JSON:
	default:
		return print_lines(rows, write_json, err);
	}
}
