#ifndef BIN_HOOKROUTE_CONSUMER_QUEUE_H
#define BIN_HOOKROUTE_CONSUMER_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bin/hookroute/reply.h"

struct buf;

/* A value on its way.  write appends its line (with the line break); settled is called once,
 * after which the value may be freed. */
struct consumer_value {
	struct consumer_value *next;
	int64_t added_ms;
	bool stale; /* it need not be sent any more */
	void (*write)(struct consumer_value *value, struct buf *out);
	void (*settled)(struct consumer_value *value, const struct reply *reply);
};

/* First in, first out.  Zeroed is empty. */
struct consumer_queue {
	struct consumer_value *first;
	struct consumer_value *last;
	size_t count;
};

void consumer_queue_push(struct consumer_queue *queue, struct consumer_value *value);

/* The queue must not be empty. */
struct consumer_value *consumer_queue_pop(struct consumer_queue *queue);

/* Put all of front before what is in queue; front is empty then. */
void consumer_queue_prepend(struct consumer_queue *queue, struct consumer_queue *front);

/* Settle all but the first few so. */
void consumer_queue_settle(struct consumer_queue *queue, size_t few,
			   const struct reply *reply);

#endif
