#ifndef BIN_HOOKROUTE_WALK_H
#define BIN_HOOKROUTE_WALK_H

#include <stddef.h>

#include "lib/spool.h"
#include "lib/str.h"

struct error;

/* The events of a spool as they lie there, for people: nothing is leased. */
struct walk_event {
	enum spool_state state;
	const char *folder; /* "dead", "done/2026-11-20" */
	const char *file;   /* its name: the id of its first event */
	char id[UUID_LEN];  /* the event's own; the file's if it has none */
	struct str_view line;
	struct str_view rest; /* what is behind it in defer/ and hold/ */
};

enum walk_answer { WALK_ON, WALK_ENOUGH };

struct walk {
	const struct spool *spool;
	const char *first; /* an id: look first where it should be; NULL for in order */
	const char *from_day; /* done/ only: no earlier one; NULL for all */
	int (*each)(enum walk_answer *answer, void *context,
		    const struct walk_event *event, struct error *err);
	void *context;
	enum walk_answer answer; /* the last one */
};

/* All events of a state, in the order of time.  Files that vanish meanwhile are skipped. */
int walk_state(struct walk *walk, enum spool_state state, struct error *err);

/* The events of one file, as a text that has been read. */
struct walk_file {
	enum spool_state state;
	const char *name;
	const char *text;
	int (*each)(void *context, const struct walk_event *event, struct error *err);
};
int walk_file(const struct walk_file *file, void *context, struct error *err);

/* A member of the event that is a string, as it is written, without its quotes. */
struct str_view walk_member(const struct walk_event *event, const char *key);

#endif
