#ifndef BIN_TOKENMINT_IO_H
#define BIN_TOKENMINT_IO_H

#include <stddef.h>

#include "lib/buf.h"

struct error;

/* A secret from a file, or from standard input when file is NULL or "-". */
int io_read_secret(struct buf *bytes, const char *file, size_t limit, struct error *err);

/* The bytes as they are on standard output, without stdio's copy of them; a terminal gets a
 * line break behind them. */
int io_write_secret(const struct buf *bytes, struct error *err);

int io_write(const struct buf *text, struct error *err);

#endif
