#ifndef BIN_HOOKROUTE_LEASE_H
#define BIN_HOOKROUTE_LEASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "lib/spool.h"
#include "lib/uuid.h"

struct buf;
struct error;
struct tenure;

/*
 * A spool file while a router works on it.  The lease is a flock(2) on the file: it ends
 * with the process that holds it, however that ends; or when that does nothing for the time of
 * a lease, see tenure.h.  What has been
 * dealt with is written to <id>.done beside it, so that whoever takes over a file in its
 * middle repeats only what had no reply.  See hookspool(5).
 */
struct lease {
	struct lease *next;
	struct tenure *tenure;
	int slot; /* there */
	const struct spool *spool;
	enum spool_state state; /* SPOOL_CUR, or SPOOL_DEFER */
	char id[UUID_LEN];
	FILE *file;
	int progress;		   /* <id>.done, -1 while it is not needed */
	char (*handled)[UUID_LEN]; /* what it held when we took over, sorted */
	size_t handled_count;
	size_t open;	 /* events under way */
	size_t unrouted; /* of these, not yet seen by the routes */
	int64_t due_ms;	 /* of a file in defer/ */
	bool forced;	 /* what was kept back in it may go now */
	size_t lanes_open; /* events that another router is to find in defer/, not there yet */
	bool lanes_read;  /* that is said: no more come */
	bool left_behind; /* in cur/, by a router that is gone */
	bool ended;	  /* all its lines have been read */
	bool abandoned;	  /* some of it was let go: it is not to be finished */
};

/* From new/ (renamed to cur/), cur/ (left behind) or defer/.  *lease is NULL when somebody
 * else has it, or it is gone. */
int lease_take(struct lease **lease, struct tenure *tenure, enum spool_state from,
	       const char *id, struct error *err);

/* The next line without its break; *found is false at the end. */
int lease_read(struct buf *line, bool *found, struct lease *lease, struct error *err);

bool lease_has_handled(const struct lease *lease, const char *delivery_id);

/* That delivery needs nothing more from this file. */
int lease_mark(struct lease *lease, const char *delivery_id, struct error *err);

/* Everything is dealt with: a file of cur/ goes to done/<date>/, one of defer/ goes. */
int lease_finish(struct lease *lease, struct error *err);

/* Does the name still mean our file?  Whoever took it over has given it to another one. */
bool lease_is_ours(const struct lease *lease);

/* Let go of it as it is, and free it. */
void lease_release(struct lease *lease);

#endif
