#ifndef BIN_HOOKROUTE_ROUTES_WATCH_H
#define BIN_HOOKROUTE_ROUTES_WATCH_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

struct layout;

/*
 * Do routes.d and the folders of vocabularies, or those of consumers, hold what they held?
 * What decides is a digest
 * of the files' stat(2), through all symbolic links; inotify(7) only says when to look, and
 * what it cannot see, as a link's far end, is seen some seconds later.
 */
enum routes_watch_what { WATCH_ROUTES, WATCH_CONSUMERS };

struct routes_watch {
	const struct layout *layout;
	enum routes_watch_what what;
	int inotify;
	uint64_t loaded;  /* what was in force when the routes were loaded last */
	uint64_t seen;	  /* at the last look */
	int64_t look_ms;  /* when to look next */
	int64_t until_ms; /* it changes all the time: then is then; 0 while it does not */
};

/* Before they are loaded, each time. */
void routes_watch_open(struct routes_watch *watch, enum routes_watch_what what,
		       const struct layout *layout, int64_t now_ms);
void routes_watch_close(struct routes_watch *watch);

/* Load them again?  Not before all has been the same for a moment. */
bool routes_watch_look(struct routes_watch *watch, const struct pollfd *fd,
		       int64_t now_ms);

#endif
