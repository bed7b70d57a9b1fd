#ifndef BIN_HOOKROUTE_LANE_TABLE_H
#define BIN_HOOKROUTE_LANE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/uuid.h"

struct parcel;

/* What is in the lanes of the consumers, each lane in the order of the events' ids,
 * and those of an event as they came.  A lane
 * is there while something is in it. */
struct lane_entry {
	struct lane *lane;
	struct lane_entry *before;
	struct lane_entry *behind;
	struct parcel *parcel; /* NULL while it is in defer/ only */
	char id[UUID_LEN];     /* of the event */
	char file[UUID_LEN];   /* that it came in */
	uint32_t number;       /* of the delivery */
	bool latest;
	bool superseded;
};

struct lane {
	struct lane *next; /* in its slot */
	char *consumer;
	char *key;
	uint32_t hash;
	bool gated; /* its first one waits for older events */
	size_t held;
	struct lane_entry *first;
	struct lane_entry *last;
};

struct lane_table {
	struct lane **slots;
	size_t room;
	size_t count; /* of lanes */
};

struct lane_place {
	const char *consumer;
	const char *key;
	const char *id;
	uint32_t number;
	const char *file; /* NULL: known by the event's id */
};

/* NULL when it is not there. */
struct lane_entry *lane_table_find(const struct lane_table *table,
				   const struct lane_place *place);

/* The one that is there, or a new one at its place. */
struct lane_entry *lane_table_add(struct lane_table *table,
				  const struct lane_place *place);

/* Frees it, and its lane if that is empty then. */
void lane_table_remove(struct lane_table *table, struct lane_entry *entry);

void lane_table_free(struct lane_table *table);

#endif
