#ifndef BIN_HOOKROUTE_WORK_H
#define BIN_HOOKROUTE_WORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bin/hookroute/consumer.h"
#include "bin/hookroute/evaluator.h"
#include "bin/hookroute/lease.h"
#include "lib/buf.h"
#include "lib/uuid.h"

struct dispatch;
struct error;
struct lane_entry;

/* One event under way: its line, and the deliveries that came of it. */
struct work;

enum parcel_state {
	PARCEL_OPEN,	/* with its consumer */
	PARCEL_HELD,	/* in memory, behind others of its lane */
	PARCEL_WAITS,	/* for its time, or in defer/ for its turn */
	PARCEL_OVER,	/* for good */
	PARCEL_DROPPED, /* left to the next router */
};

struct parcel {
	struct consumer_value value; /* first: a consumer knows it by this */
	struct work *work;
	struct delivery *delivery;
	struct consumer *consumer; /* NULL before it was asked for */
	enum parcel_state state;
	bool held;		  /* it waits for those before it in its lane */
	struct lane_entry *entry; /* its place there, if it has one */
	int64_t given_ms;	  /* when its consumer last got it; 0: it did not */
};

struct work {
	struct dispatch *dispatch;
	struct lease *lease;
	struct buf line;
	char id[UUID_LEN];
	struct question question; /* to the routes */
	bool is_unrouted;	  /* it is still to be asked */
	bool is_for_other;	  /* another router sends it, it is to go to defer/ */
	struct deliveries deliveries;
	struct parcel *parcels; /* one for each delivery */
	size_t open;		/* with their consumers, or held behind one that is */
	bool changed;		/* a file in defer/ does not say it any more */
	bool moved;		/* it says another time, and else the same */
	bool asleep;		/* it is one of the dispatch's sleepers */
	struct work *sleeper;	/* the next of them */
	void (*answered)(struct work *work);
	int64_t again_ms; /* it could not be put aside: once more then; 0 for no */
};

/*
 * Take the next event of lease, whose lines hold it: unrouted if it comes from cur/, with
 * what is left of it if from defer/.  NULL with *ended at the end of the file.
 */
int work_read(struct work **work, bool *ended, struct dispatch *dispatch,
	      struct lease *lease, struct error *err);
void work_free(struct work *work);

/* Ask the routes what the event means; answered is called with it, as soon as now. */
void work_ask(struct work *work, void (*answered)(struct work *work));

/* Take back what the routes have not answered, and call drop for each. */
void work_drop(struct dispatch *dispatch, void (*drop)(struct work *work));

/* The id of a delivery in the file's progress. */
void work_delivery_id(char id[static UUID_LEN], const struct work *work,
		      const struct delivery *delivery);

/* Append the line that its consumer gets. */
void work_write(const struct work *work, const struct delivery *delivery,
		struct buf *out);

#endif
