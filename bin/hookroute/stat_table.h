#ifndef BIN_HOOKROUTE_STAT_TABLE_H
#define BIN_HOOKROUTE_STAT_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/str.h"

struct buf;

enum { STAT_AGES = 10 /* 5, 10, 20 ... 1280 minutes, and older */ };

/* Counts and bytes by something, and by age. */
struct stat_row {
	char *key;
	uint64_t count;
	uint64_t bytes;
	uint64_t ages[STAT_AGES];
	int64_t oldest_ms; /* when the oldest was received; INT64_MAX for none */
};

struct stat_table {
	const char *by; /* what the key is */
	int64_t now_ms;
	struct stat_row *rows;
	size_t count;
};

/* The row of key, made if it is missing; valid until the next call. */
struct stat_row *stat_table_row(struct stat_table *table, struct str_view key);

void stat_table_count(struct stat_table *table, struct str_view key, int64_t received_ms,
		      uint64_t bytes);

/* The rows with most first, but for those by state, which stay in their order. */
void stat_table_sort(struct stat_table *table);
void stat_table_write_text(struct buf *out, const struct stat_table *table);
void stat_table_write_json(struct buf *out, const struct stat_table *table);
void stat_table_free(struct stat_table *table);

#endif
