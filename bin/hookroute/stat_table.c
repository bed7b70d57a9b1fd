#include "bin/hookroute/stat_table.h"

#include <stdlib.h>
#include <string.h>

#include "bin/hookroute/terminal.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/json_write.h"

enum { FIRST_MINUTES = 5, MINUTE_MS = 60 * 1000, KEY_WIDTH = 28 };

struct stat_row *stat_table_row(struct stat_table *table, struct str_view key)
{
	struct stat_row *row;
	size_t i;

	for (i = 0; i < table->count; i++) {
		if (str_view_equal(key, table->rows[i].key))
			return &table->rows[i];
	}
	row = realloc(table->rows, (table->count + 1) * sizeof(*row));
	if (!row)
		abort();
	table->rows = row;
	row = &table->rows[table->count++];
	*row = (struct stat_row){ .key = str_format("%.*s", (int)key.len, key.data),
				  .oldest_ms = INT64_MAX };
	return row;
}

static size_t bucket_of(int64_t age_ms)
{
	int64_t limit_ms = (int64_t)FIRST_MINUTES * MINUTE_MS;
	size_t i = 0;

	while (i + 1 < STAT_AGES && age_ms >= limit_ms) {
		limit_ms *= 2;
		i++;
	}
	return i;
}

void stat_table_count(struct stat_table *table, struct str_view key, int64_t received_ms,
		      uint64_t bytes)
{
	struct stat_row *row = stat_table_row(table, key);

	row->count++;
	row->bytes += bytes;
	row->ages[bucket_of(table->now_ms - received_ms)]++;
	if (received_ms < row->oldest_ms)
		row->oldest_ms = received_ms;
}

static int by_count(const void *a, const void *b)
{
	const struct stat_row *left = a;
	const struct stat_row *right = b;

	if (left->count != right->count)
		return left->count < right->count ? 1 : -1;
	return strcmp(left->key, right->key);
}

void stat_table_sort(struct stat_table *table)
{
	if (table->count && !str_equal(table->by, "state"))
		qsort(table->rows, table->count, sizeof(*table->rows), by_count);
}

static void write_head(struct buf *out, const struct stat_table *table)
{
	unsigned minutes = FIRST_MINUTES;
	size_t i;

	buf_add_format(out, "%-*s %8s %12s", KEY_WIDTH, table->by, "T", "bytes");
	for (i = 0; i + 1 < STAT_AGES; i++) {
		auto_free char *age = str_format("%um", minutes);

		buf_add_format(out, " %6s", age);
		minutes *= 2;
	}
	buf_add_format(out, " %6um+  oldest\n", minutes / 2);
}

void stat_table_write_text(struct buf *out, const struct stat_table *table)
{
	size_t i;
	size_t j;

	write_head(out, table);
	for (i = 0; i < table->count; i++) {
		const struct stat_row *row = &table->rows[i];
		char oldest[DATE_LEN] = "-";

		if (row->oldest_ms != INT64_MAX)
			date_format(oldest, row->oldest_ms);
		terminal_add_column(out, (struct str_view){ row->key, strlen(row->key) },
				    KEY_WIDTH);
		buf_add_format(out, " %8ju %12ju", (uintmax_t)row->count,
			       (uintmax_t)row->bytes);
		for (j = 0; j < STAT_AGES; j++)
			buf_add_format(out, " %6ju", (uintmax_t)row->ages[j]);
		buf_add_format(out, "   %s\n", oldest);
	}
}

static void write_ages(struct json_writer *writer, const struct stat_row *row)
{
	unsigned minutes = FIRST_MINUTES;
	size_t i;

	json_write_object(writer, "ages");
	for (i = 0; i < STAT_AGES; i++) {
		bool last = i + 1 == STAT_AGES;
		auto_free char *age =
			str_format(last ? "%um+" : "%um", last ? minutes / 2 : minutes);

		json_write_u64(writer, age, row->ages[i]);
		minutes *= 2;
	}
	json_write_object_end(writer);
}

void stat_table_write_json(struct buf *out, const struct stat_table *table)
{
	size_t i;

	for (i = 0; i < table->count; i++) {
		const struct stat_row *row = &table->rows[i];
		struct json_writer writer = JSON_WRITER(out);
		char oldest[DATE_LEN];

		json_write_object(&writer, NULL);
		json_write_string(&writer, table->by, row->key);
		json_write_u64(&writer, "count", row->count);
		json_write_u64(&writer, "bytes", row->bytes);
		if (row->oldest_ms != INT64_MAX) {
			date_format(oldest, row->oldest_ms);
			json_write_string(&writer, "oldest_at", oldest);
		}
		write_ages(&writer, row);
		json_write_object_end(&writer);
		buf_add_char(out, '\n');
	}
}

void stat_table_free(struct stat_table *table)
{
	size_t i;

	for (i = 0; i < table->count; i++)
		free(table->rows[i].key);
	free(table->rows);
	table->rows = NULL;
	table->count = 0;
}
