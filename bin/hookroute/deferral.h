#ifndef BIN_HOOKROUTE_DEFERRAL_H
#define BIN_HOOKROUTE_DEFERRAL_H

#include <stdbool.h>
#include <stddef.h>

#include "bin/hookroute/aside.h"
#include "lib/file_sync.h"

struct dispatch;
struct lease;
struct work;

/*
 * What is left of an event is put aside together with that of others: each fsync(2) costs
 * milliseconds, and one for many hardly more.  Until that is done the file it came in still
 * says that it has it all.
 */
enum { DEFERRAL_ITEMS = FILE_SYNC_MAX };

struct deferral_item {
	struct work *work;
	struct lease *joined; /* what waited of the same event; NULL: nothing */
	size_t left;	      /* deliveries */
	struct aside_staged staged;
};

struct deferral {
	struct deferral_item items[DEFERRAL_ITEMS];
	size_t count;
	struct file_sync sync;
	bool has_lanes; /* others may ask for one of them at once */
};

enum deferral_answer {
	DEFERRAL_NOTHING, /* is to be done */
	DEFERRAL_ADDED,	  /* settle_end is called for it when it is durable */
	DEFERRAL_BUSY,	  /* somebody works on what waits of it: later */
};

enum deferral_answer deferral_add(struct work *work);

/* Was one of what it has leased taken over? */
bool deferral_lost(const struct deferral *deferral);

/* Make all of it durable. */
void deferral_commit(struct dispatch *dispatch);

/* That, and no more will come. */
void deferral_close(struct dispatch *dispatch);

#endif
