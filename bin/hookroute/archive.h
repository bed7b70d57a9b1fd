#ifndef BIN_HOOKROUTE_ARCHIVE_H
#define BIN_HOOKROUTE_ARCHIVE_H

struct error;
struct spool;
struct walk_event;

/* Keep an event in done/<today>, under its id, or under a new one where that is taken
 * (by the file it came in, say).  On the disk when it returns. */
int archive_put(const struct spool *spool, const struct walk_event *event,
		struct error *err);

#endif
