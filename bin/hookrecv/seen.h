#ifndef BIN_HOOKRECV_SEEN_H
#define BIN_HOOKRECV_SEEN_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/str.h"
#include "lib/uuid.h"

struct error;
struct seen_table;
struct spool;

/*
 * Which deliveries we have: <state>/seen, a table in shared memory backed by that file, which
 * all receivers of a spool share.  It outlives kill -9; after a reboot, which may have
 * taken its last pages, it is completed from the spool.  It holds at least the last
 * SEEN_MEMORY deliveries.  See hookspool(5).
 */
enum { SEEN_MEMORY = 98304 };

struct seen {
	int fd;
	struct seen_table *table;
	const struct spool *spool;
	int32_t pid; /* ours */
	bool held;   /* seen_hold */
};

#define SEEN_NONE                                                                        \
	{                                                                                \
		-1, NULL, NULL, 0, false                                                 \
	}
#define auto_seen __attribute__((cleanup(seen_close)))

int seen_open(struct seen *seen, const char *path, const struct spool *spool,
	      struct error *err);
void seen_close(struct seen *seen);

enum seen_answer {
	SEEN_NEW, /* entered as pending: store the event, then seen_stored or seen_forget */
	SEEN_STORED,	/* a duplicate of id, which is in the spool */
	SEEN_PENDING,	/* of an event this process is about to store */
	SEEN_ELSEWHERE, /* of one that another process is about to store */
};

/* One delivery and where its event goes. */
struct seen_entry {
	const char *hook;
	const char *delivery;
	char id[UUID_LEN];   /* in: of the new event; out: of the one that is known */
	char file[UUID_LEN]; /* in: the spool file it will be in */
};

/* Is it in the spool?  Then entry->id says which event it is. */
bool seen_has(struct seen *seen, struct seen_entry *entry);

/* Of what came before this time some may be forgotten; 0: nothing is. */
int64_t seen_since_ms(const struct seen *seen);

/* Keep other processes out meanwhile: for many calls at once, which are then cheaper. */
void seen_hold(struct seen *seen);
void seen_release(struct seen *seen);

enum seen_answer seen_enter(struct seen *seen, struct seen_entry *entry);
void seen_stored(struct seen *seen, const struct seen_entry *entry);
void seen_forget(struct seen *seen, const struct seen_entry *entry);

#endif
