#ifndef BIN_HOOKROUTE_LANES_H
#define BIN_HOOKROUTE_LANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bin/hookroute/lane_lock.h"
#include "bin/hookroute/lane_table.h"

struct dispatch;
struct error;
struct lease;
struct parcel;
struct work;

/*
 * Deliveries that have a lane: each waits for those before it, in memory behind one that is
 * under way, in defer/ else.  What is in defer/ is known by its event's id.
 */
struct lanes {
	struct lane_table table;
	struct lane_lock lock;
	char gate[UUID_LEN]; /* what is not older than this file waits; empty for none */
	bool gated;	     /* something waits so */
	int64_t gate_ms;     /* when to look again */
	int64_t sweep_ms;    /* when to look whether all of the first ones are there */
	bool needed;	     /* something with a lane was seen */
	bool taken;  /* look again at what was left to another; the router resets it */
	bool looked; /* at them, just now: the table is not to grow */
	bool shared; /* others are there, or have left something in cur/ */
};

#define LANES_NONE                                                                       \
	{                                                                                \
		.lock = LANE_LOCK_NONE                                                   \
	}

/* If lanes are in use, learn from defer/ what is in them. */
int lanes_open(struct dispatch *dispatch, struct error *err);
void lanes_close(struct lanes *lanes);

/* May what this event has for lanes be sent by us? */
bool lanes_are_ours(struct dispatch *dispatch);

enum lanes_answer { LANES_GO, LANES_HOLD, LANES_ASIDE, LANES_SUPERSEDED };

/* May it go to its consumer?  LANES_HOLD: handover_release is called for it, or
 * handover_hold; LANES_ASIDE: it has to wait in defer/. */
enum lanes_answer lanes_enter(struct parcel *parcel);

/* It was delivered, given up, or is no more: the next one's turn. */
void lanes_leave(struct parcel *parcel);

/* It is to be tried again later: those behind it wait in defer/. */
void lanes_wait(struct parcel *parcel);

/* The work leaves the memory. */
void lanes_forget(struct work *work);

/* What has to be looked at from time to time; when, INT64_MAX for never. */
void lanes_tick(struct dispatch *dispatch);
int64_t lanes_wake_ms(const struct lanes *lanes);

/* Perhaps all of this file was read and routed, and we are not the ones to send what it has for lanes. */
void lanes_file_read(struct dispatch *dispatch, struct lease *lease);

/* What is held behind others waits in defer/, to make room. */
void lanes_relieve(struct lanes *lanes, int64_t now_ms);

/* What is left of this event was put aside, and is on the disk. */
void lanes_put_aside(struct work *work);

/* It was, by a router that may have died before it told anybody. */
void lanes_found_aside(struct work *work);

/* We stop: what is held is left to the next router. */
void lanes_drop(struct lanes *lanes);

#endif
