#ifndef BIN_HOOKROUTE_HANDOVER_H
#define BIN_HOOKROUTE_HANDOVER_H

#include <stdint.h>

struct dispatch;
struct parcel;
struct work;

/* An event's deliveries on their way to the consumers: at once, when their time comes, or
 * when those before them in their lane have been dealt with. */
void handover_begin(struct work *work);

/* It has something that waits for its time, while the rest is under way. */
void handover_sleep(struct work *work);

/* It leaves the memory. */
void handover_wake(struct work *work);

/* Hand over what waits in memory and is due. */
void handover_due(struct dispatch *dispatch);

/* We are the ones to send for lanes now: what could not be put aside for another is ours. */
void handover_take_back(struct dispatch *dispatch);

/* When the next of it is; INT64_MAX for never. */
int64_t handover_wake_ms(const struct dispatch *dispatch);

/* One that was held behind others may go, has to wait in defer/, is left to another router,
 * or is not needed any more. */
void handover_release(struct parcel *parcel);
void handover_hold(struct parcel *parcel);
void handover_drop(struct parcel *parcel);
void handover_supersede(struct parcel *parcel);

#endif
