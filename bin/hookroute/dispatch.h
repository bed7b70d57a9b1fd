#ifndef BIN_HOOKROUTE_DISPATCH_H
#define BIN_HOOKROUTE_DISPATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bin/hookroute/consumer.h"
#include "bin/hookroute/deferral.h"
#include "bin/hookroute/due.h"
#include "bin/hookroute/lanes.h"
#include "bin/hookroute/lease.h"
#include "bin/hookroute/retry.h"
#include "lib/spool.h"

struct error;
struct evaluator;
struct figures;
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
	struct tenure *tenure; /* of what is leased */
	const struct layout *layout;
	struct evaluator *evaluator;
	const struct retry *retry;
	struct journal *journal;
	const struct figures *figures;
	struct consumer *consumers;
	struct lease *leases;  /* in the order they were taken */
	struct work *sleepers; /* of which something waits, while the rest is under way */
	struct work *waking;   /* those of them that are being looked at */
	struct lanes lanes;
	struct deferral deferral;
	size_t events_max;   /* under way at once */
	struct due *due;     /* of the intake: to ask for what is kept back */
	size_t events_open;  /* under way */
	size_t retries_open; /* of these, from defer/ */
	int64_t now_ms;	     /* of this round */
	int64_t clock_ms; /* how far the clock is before the steady one; 0: not known */
	size_t stuck;	  /* values with consumers that hang */
	size_t values;	  /* with consumers */
	size_t bytes;	  /* of the events under way */
	uint64_t events;  /* settled since the start */
	uint64_t delivered;
	uint64_t deferred;
	uint64_t dead;
	bool stopping;
	bool lost;   /* other routers have taken over what we had: nothing is settled */
	bool failed; /* the disk took no more: stop and say so */
	struct error *failure;
};

/* Work on a file that was leased; it is dispatch's from here on. */
void dispatch_add(struct dispatch *dispatch, struct lease *lease);

/* The same, to be read before the others. */
void dispatch_add_first(struct dispatch *dispatch, struct lease *lease);

/* Are there files that have not been read to their end? */
bool dispatch_is_reading(const struct dispatch *dispatch);

/* A round begins: what waits in memory and is due is handed over. */
void dispatch_begin(struct dispatch *dispatch, int64_t now_ms);

/* Read an event from the files that were added, the first first, and hand it over.  False
 * when all of them have been read. */
bool dispatch_read(struct dispatch *dispatch);

/* Let the consumers have what they can take. */
void dispatch_feed(struct dispatch *dispatch);

/* Read the files of the consumers again. */
void dispatch_renew(struct dispatch *dispatch);

/* Is there room for another event?  For one of defer/, which must leave room for others? */
bool dispatch_has_room(const struct dispatch *dispatch);
bool dispatch_has_room_for_due(const struct dispatch *dispatch);

/* Take no more, and take back what no consumer has got yet. */
void dispatch_stop(struct dispatch *dispatch);

/* When something in it has to be looked at; INT64_MAX for never. */
int64_t dispatch_wake_ms(const struct dispatch *dispatch);

/* Is nothing under way? */
bool dispatch_is_idle(const struct dispatch *dispatch);

/* Is what we have leased still ours?  Looks only when we did nothing for the time of a lease. */
bool dispatch_holds(struct dispatch *dispatch);

/* Forget all that is under way, as if this had ended; what it had is free. */
void dispatch_forget(struct dispatch *dispatch);

/* Who sends for lanes may have changed. */
void dispatch_follow(struct dispatch *dispatch);

/* If the clock was set what waits in memory for a time waits as long as before; false: it was
 * not. */
bool dispatch_follow_clock(struct dispatch *dispatch);

/* Let go of all leases and end the consumers, which get some time for it. */
void dispatch_close(struct dispatch *dispatch);

#endif
