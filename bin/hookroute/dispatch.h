#ifndef BIN_HOOKROUTE_DISPATCH_H
#define BIN_HOOKROUTE_DISPATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bin/hookroute/consumer.h"
#include "bin/hookroute/lease.h"
#include "bin/hookroute/retry.h"
#include "bin/hookroute/routes.h"
#include "lib/spool.h"

struct error;
struct journal;
struct layout;
struct work;

enum { DISPATCH_CONSUMERS = 64, DISPATCH_EVENTS = 1024 };

/*
 * From leased files to consumers and back: events are read, routed, handed over, and
 * settled.  What is under way is bounded in number and bytes.
 */
struct dispatch {
	const struct spool *spool;
	const struct layout *layout;
	struct routes *routes;
	const struct retry *retry;
	struct journal *journal;
	struct consumer *consumers;
	struct lease *leases;  /* in the order they were taken */
	struct work *sleepers; /* of which something waits, while the rest is under way */
	size_t events_max;     /* under way at once */
	size_t events_open;    /* under way */
	int64_t now_ms;	       /* of the last pull */
	size_t stuck;	       /* values with consumers that hang */
	size_t values;	       /* with consumers */
	size_t bytes;	       /* of the events under way */
	uint64_t events;       /* settled since the start */
	uint64_t delivered;
	uint64_t deferred;
	uint64_t dead;
	bool stopping;
	bool failed; /* the disk took no more: stop and say so */
	struct error *failure;
};

/* Work on a file that was leased; it is dispatch's from here on. */
void dispatch_add(struct dispatch *dispatch, struct lease *lease);

/* Read and hand over events while there is room. */
void dispatch_pull(struct dispatch *dispatch, int64_t now_ms);

/* It has something that waits for its time, perhaps. */
void dispatch_sleep(struct work *work);

/* It has nothing that waits any more. */
void dispatch_wake(struct work *work);

/* When a delivery's time comes; INT64_MAX for never. */
int64_t dispatch_wake_ms(const struct dispatch *dispatch);

/* Is there room for another file? */
bool dispatch_has_room(const struct dispatch *dispatch);

/* Take no more, and take back what no consumer has got yet. */
void dispatch_stop(struct dispatch *dispatch);

/* Is nothing under way? */
bool dispatch_is_idle(const struct dispatch *dispatch);

/* Let go of all leases and end the consumers, which get some time for it. */
void dispatch_close(struct dispatch *dispatch);

#endif
