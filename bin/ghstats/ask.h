#ifndef BIN_GHSTATS_ASK_H
#define BIN_GHSTATS_ASK_H

#include "lib/stats_rows.h"

struct error;
struct layout;
struct options;

/* The database to read from; one of an older version is brought to this one first. */
int ask_open(struct db *db, const struct layout *layout, struct error *err);

/* The question of the command line; key keeps what its cursor says. */
int ask_question(struct stats_question *question, struct buf *key,
		 const struct options *options, struct error *err);

#endif
