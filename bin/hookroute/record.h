#ifndef BIN_HOOKROUTE_RECORD_H
#define BIN_HOOKROUTE_RECORD_H

struct journal;
struct layout;
struct parcel;
struct reply;
struct work;

/* What the router tells the event log; see journal.h. */

/* Without a log the router works on, and says so. */
void record_open(struct journal *journal, const struct layout *layout);

/* A router begins with an event that is new, or was left behind. */
void record_taken(const struct work *work);

/* A delivery was tried, and the parcel's state says what is to become of it. */
void record_settled(const struct parcel *parcel, const struct reply *reply);

#endif
