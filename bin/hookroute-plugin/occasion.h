#ifndef BIN_HOOKROUTE_PLUGIN_OCCASION_H
#define BIN_HOOKROUTE_PLUGIN_OCCASION_H

#include <stdbool.h>

#include "lib/str.h"

struct error;

/*
 * What a value that came to the consumer is about: an event of hookevent(5), alone or as the member
 * "event" of an object with "id", "repository" and "kind", which the route plugins.jq makes.  The
 * views are into the line.
 */
struct occasion {
	struct str_view line;
	struct str_view id;    /* by which a repetition is recognised */
	struct str_view event; /* the whole of it */
	struct str_view event_id;
	struct str_view name;	    /* of the hook */
	struct str_view repository; /* what it is about, by the vocabulary; or the name */
	struct str_view word;	    /* the forge's own for what happened */
	struct str_view kind;	    /* the vocabulary's */
	struct str_view provider;
	struct str_view scheduled; /* the only plugin that it is for, or empty */
};

/* What is no such thing is ERROR_DATA. */
int occasion_read(struct occasion *occasion, struct str_view line, struct error *err);

/* Is it what a job of ours has brought about?  Plugins that saw that would run for ever. */
bool occasion_is_own(const struct occasion *occasion);

/* Is it one of these, words with blanks between; NULL is all but ping. */
bool occasion_is(const struct occasion *occasion, const char *patterns);

#endif
