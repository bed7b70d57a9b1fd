#ifndef BIN_HOOKROUTE_OPERATION_H
#define BIN_HOOKROUTE_OPERATION_H

#include <stdbool.h>
#include <stddef.h>

#include "bin/hookroute/journal.h"
#include "lib/cli.h"
#include "lib/spool.h"

struct error;
struct layout;
struct options;
struct walk_event;

/*
 * What a person does to events that wait: those with the ids given, or those that other
 * options choose.  Each is printed and recorded when it is done.
 */
struct operation {
	const char *what; /* "hold" */
	const struct options *options;
	struct spool spool;
	struct journal journal;
	bool done[CLI_WORDS]; /* which of the ids */
	size_t count;	      /* of events, done */
	size_t busy;	      /* wanted, and being delivered just now */
};

#define auto_operation __attribute__((cleanup(operation_close)))
#define OPERATION_NONE                                                                   \
	{                                                                                \
		.spool = SPOOL_NONE, .journal = JOURNAL_NONE                             \
	}

/* Operands that are no ids are ERROR_USAGE. */
int operation_open(struct operation *operation, const char *what,
		   const struct options *options, const struct layout *layout,
		   struct error *err);
void operation_close(struct operation *operation);

bool operation_wants(const struct operation *operation, const struct walk_event *event);

/* The event with this id is there. */
void operation_find(struct operation *operation, const char *id);

/* It is done to this event.  became: the id of what was made of it, or NULL. */
int operation_note(struct operation *operation, const struct walk_event *event,
		   const char *became, struct error *err);

/* Ids that were not found are ERROR_ABSENT, with where they are not; events that are being
 * delivered ERROR_TEMPORARY. */
int operation_verdict(const struct operation *operation, const char *where,
		      struct error *err);

#endif
