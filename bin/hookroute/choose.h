#ifndef BIN_HOOKROUTE_CHOOSE_H
#define BIN_HOOKROUTE_CHOOSE_H

struct work;

/*
 * Which deliveries of an event are to be handed over now: each parcel is PARCEL_OPEN then, or
 * PARCEL_OVER, or PARCEL_WAITS because of its time, or because that is for another router, or
 * not yet certain.  work->open is one more than there are open ones: the caller's.
 */
void choose_open(struct work *work);

#endif
