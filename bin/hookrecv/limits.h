#ifndef BIN_HOOKRECV_LIMITS_H
#define BIN_HOOKRECV_LIMITS_H

#include <stdint.h>

struct error;
struct layout;

/* What senders may take of us, from the settings; see hooktools.conf(5). */

/* So much of a filesystem stays free: the lesser of a part of it and a number. */
struct limits_floor {
	uint64_t number;
	unsigned percent;
};

struct limits {
	struct limits_floor free_bytes;
	struct limits_floor free_inodes;
	unsigned connections;	      /* at once, of all senders */
	unsigned address_connections; /* of one; 0: any number */
	unsigned rate;		      /* requests of one a second; 0: any number */
	unsigned head_s;	      /* until the first head is whole */
	unsigned head_bytes;	      /* of a request */
	unsigned head_lines;	      /* its headers */
};

/* How much that is of a filesystem with so much in all. */
uint64_t limits_floor_of(const struct limits_floor *limit, uint64_t all);

int limits_load(struct limits *limits, const struct layout *layout, struct error *err);

#endif
