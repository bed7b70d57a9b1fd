#ifndef BIN_GHSTATS_INGEST_H
#define BIN_GHSTATS_INGEST_H

struct error;
struct layout;

/*
 * The consumer of hookpipe(7) on standard input and output, until the input ends or
 * SIGTERM.  A line is durable before its reply says ok; lines that came together share a
 * transaction.  Nobody is waited for while one is open.
 */
int ingest(const struct layout *layout, struct error *err);

#endif
