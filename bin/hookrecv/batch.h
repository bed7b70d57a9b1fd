#ifndef BIN_HOOKRECV_BATCH_H
#define BIN_HOOKRECV_BATCH_H

#include <stddef.h>

#include "bin/hookrecv/metrics.h"
#include "bin/hookrecv/seen.h"
#include "lib/buf.h"

struct error;
struct http_exchange;
struct intake;
struct spool;

/*
 * Events that wait for one sync: what has arrived while the last one was under way becomes
 * one spool file and one fsync, and every sender is answered when that has returned.
 */
enum { BATCH_MAX = 256 };

struct batch_item {
	struct http_exchange *exchange;
	struct seen_entry entry; /* its texts belong to the exchange */
	struct intake *large;	 /* an event with a file of its own, else NULL */
	bool duplicate;		 /* of an event earlier in this batch */
};

struct batch {
	const struct spool *spool;
	struct seen *seen;
	struct metrics metrics;
	struct buf lines;
	char file[UUID_LEN]; /* the id of the first event in lines */
	struct batch_item items[BATCH_MAX];
	size_t count;
};

/* The spool file an event that joins now will be in. */
const char *batch_file(const struct batch *batch, const char *id);
void batch_add(struct batch *batch, const struct batch_item *item, struct str_view line);

/* Make it all durable and answer everybody; a failure is answered 503. */
void batch_commit(struct batch *batch);

#endif
