#ifndef BIN_GHSTATS_PRINT_H
#define BIN_GHSTATS_PRINT_H

#include "bin/ghstats/options.h"
#include "lib/stats_rows.h"

struct error;

/* All rows to standard output.  FORMAT_AUTO is a table on a terminal, JSON elsewhere. */
int print_rows(struct stats_rows *rows, enum options_format format, struct error *err);

#endif
