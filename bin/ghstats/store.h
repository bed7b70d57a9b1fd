#ifndef BIN_GHSTATS_STORE_H
#define BIN_GHSTATS_STORE_H

#include "bin/ghstats/line.h"
#include "bin/ghstats/record.h"
#include "lib/stats_report.h"

struct layout;

/* The database as ingest writes to it: many lines in one transaction, each of them whole or
 * not at all. */
struct store {
	struct db db;
	struct stats_summary summary;
	struct recorder recorders[LINE_KINDS]; /* by the kind of line */
	struct db_statement elements;	       /* of a page */
	struct db_statement save;
	struct db_statement release;
	struct db_statement undo;
};

#define auto_store __attribute__((cleanup(store_close)))

/* How many objects of a line were stored, and how many of its page made no sense. */
struct store_result {
	uint64_t stored;
	uint64_t refused;
};

int store_open(struct store *store, const struct layout *layout, struct error *err);
void store_close(struct store *store);

int store_begin(struct store *store, struct error *err);

/* ERROR_DATA: the line makes no sense, and nothing of it was stored.  Any other kind: the
 * database fails; *lost tells that the transaction is gone with all its lines. */
int store_line(struct store_result *result, bool *lost, struct store *store,
	       const struct line *line, struct error *err);

/* Bring the statistics up to date and make all durable. */
int store_commit(struct store *store, struct error *err);
void store_rollback(struct store *store);

#endif
