#ifndef BIN_HOOKROUTE_SETTLE_H
#define BIN_HOOKROUTE_SETTLE_H

struct delivery;
struct dispatch;
struct error;
struct lease;
struct parcel;
struct reply;
struct work;

/*
 * What becomes of a delivery that was tried: marked, put aside for its next try, or given
 * up; then of its event, and of the file it came in.
 */

/* A consumer has replied, or could not be asked.  When nothing of its event is under way
 * any more, the work is freed. */
void settle_parcel(struct parcel *parcel, const struct reply *reply);

/* One of its deliveries is not under way any more. */
void settle_close(struct work *work);

/* None of its deliveries is under way: what is left is put aside, and the work freed. */
void settle_work(struct work *work);

/* What was left of it is put aside: the work is freed. */
void settle_end(struct work *work);

/* That delivery is its file's business no more. */
void settle_mark(struct work *work, const struct delivery *delivery);

/* As settle_close, and what is left of it stays in its file, for the next router. */
void settle_abandon(struct work *work);

/* Finish and free the lease, if nothing in it is left to be done. */
void settle_lease(struct dispatch *dispatch, struct lease *lease);

/* When the disk takes nothing any more, nothing can be promised: stop, and say why. */
void settle_check(struct dispatch *dispatch, int failed, const struct error *err);

#endif
