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

/* What becomes of an event that has joined. */
enum batch_fate {
	BATCH_NEW,	 /* it is stored */
	BATCH_DUPLICATE, /* of one that is in the spool, or will be with this batch */
	BATCH_ELSEWHERE, /* of one that another process is about to store */
};

struct batch_item {
	struct http_exchange *exchange;
	struct seen_entry entry; /* its texts belong to the exchange */
	struct intake *intake;	 /* the whole event */
	char *event_id;		 /* out: of the event that is answered */
	enum batch_fate fate;
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

/* item->fate is found out later, for all together. */
void batch_add(struct batch *batch, const struct batch_item *item);

/* Make it all durable and answer everybody; a failure is answered 503. */
void batch_commit(struct batch *batch);

#endif
