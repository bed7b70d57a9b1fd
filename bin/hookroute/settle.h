#ifndef BIN_HOOKROUTE_SETTLE_H
#define BIN_HOOKROUTE_SETTLE_H

#include "bin/hookroute/consumer.h"

struct dispatch;
struct error;
struct lease;
struct parcel;
struct work;

/*
 * What becomes of a delivery that was tried: marked, put aside for its next try, or given
 * up; then of its event, and of the file it came in.
 */

/* One delivery is over, for now or for good.  The last one of its event frees the work. */
void settle_parcel(struct parcel *parcel, enum consumer_verdict verdict,
		   const char *message);

/* All deliveries of the event are over: it is freed. */
void settle_work(struct work *work);

/* Finish and free the lease, if nothing in it is left to be done. */
void settle_lease(struct dispatch *dispatch, struct lease *lease);

/* When the disk takes nothing any more, nothing can be promised: stop, and say why. */
void settle_check(struct dispatch *dispatch, int failed, const struct error *err);

#endif
