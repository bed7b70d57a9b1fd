#ifndef BIN_HOOKRECV_GAP_H
#define BIN_HOOKRECV_GAP_H

#include <stdbool.h>
#include <stdint.h>

struct error;
struct forge;
struct recovered_list;
struct recovered_place;
struct seen;

/*
 * Which deliveries of a hook are not here, though the forge has them.  It is looked through
 * from the newest back to the last one that was settled; where that takes more than a run,
 * the next one goes on.
 */
struct gap {
	const struct forge *forge;
	struct seen *seen;
	const struct recovered_place *place;
	int64_t now_ms;
	int64_t since_ms; /* no older ones */
	int64_t known_ms; /* of older ones we do not know whether they came */
	bool once;	  /* all since then, whatever was looked through before */
	bool dry;	  /* write nothing down */
};

/* list: those that are known already; the new ones are added, and written down. */
int gap_find(struct recovered_list *list, const struct gap *gap, struct error *err);

#endif
