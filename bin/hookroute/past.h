#ifndef BIN_HOOKROUTE_PAST_H
#define BIN_HOOKROUTE_PAST_H

#include "bin/hookroute/seen.h"
#include "bin/hookroute/walk.h"

struct error;
struct options;
struct spool;

/*
 * The events of done/ and dead/ that the command line chooses, each once, in the order of
 * the days they were done with: by their ids, or by name, kind and time.  Copies that were
 * made by replay are chosen by their ids only.
 */
struct past {
	const struct spool *spool;
	const struct options *options;
	int (*each)(void *context, const struct walk_event *event, struct error *err);
	void *context;
	struct seen seen;
	uint64_t count;
};

int past_walk(struct past *past, struct error *err);

#endif
