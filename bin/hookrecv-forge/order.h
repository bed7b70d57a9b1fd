#ifndef BIN_HOOKRECV_FORGE_ORDER_H
#define BIN_HOOKRECV_FORGE_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/str.h"

struct error;

/*
 * What hookrecv wants of a forge, as it came on standard input: one JSON object in one line.
 * "forge" and "op" say what; "path" is a hook's or a list of hooks' in the forge's API.  The
 * views are into the line.
 */
struct order {
	bool is_gitlab;
	struct str_view op;
	char *path;
	char *url;   /* put: where the forge is to send to */
	char *known; /* put: the hook as it was made once; "" when it was not */
	struct str_view events; /* put: "push,job" or "*"; "" for those there are */
	struct str_view secret; /* put: a JSON string with its quotes */
	char *delivery;		/* send: which one */
	char *after;		/* list: up to this one, it is known; may be "" */
	char *next;		/* list: the page to begin with; "" for the first */
	uint64_t since_ms;	/* list: no older ones, where the forge says when */
	uint64_t pages;		/* list: so many at most */
	struct str_view token;
};

#define ORDER_EMPTY                                                                      \
	{                                                                                \
		.is_gitlab = false                                                       \
	}
#define auto_order __attribute__((cleanup(order_free)))

/* ERROR_DATA when it is none. */
int order_read(struct order *order, struct str_view line, struct error *err);
void order_free(struct order *order);

#endif
