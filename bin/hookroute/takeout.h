#ifndef BIN_HOOKROUTE_TAKEOUT_H
#define BIN_HOOKROUTE_TAKEOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/spool.h"

struct error;
struct walk_event;

/*
 * Take events away from where they wait: new/, defer/, and cur/ where a router left them
 * behind; also from the middle of a file of many.  Files are locked as routers lock them,
 * so that none delivers what is being taken.  An event is put where it goes first and then
 * taken away: a crash between leaves it in both places.
 */
struct takeout {
	const struct spool *spool;
	bool (*wants)(void *context, const struct walk_event *event);
	/* On the disk when it returns. */
	int (*put)(void *context, const struct walk_event *event, struct error *err);
	/* Where a file that is only this event, under its id, is moved as it is; then it
	 * is noted, and not put.  SPOOL_TMP: nowhere. */
	enum spool_state whole;
	int (*note)(void *context, const struct walk_event *event, struct error *err);
	void *context;
	size_t *busy; /* counts those that are wanted, and with a router */
};

/* All files of all three folders. */
int takeout_all(const struct takeout *takeout, struct error *err);

#endif
