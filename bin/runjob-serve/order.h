#ifndef BIN_RUNJOB_SERVE_ORDER_H
#define BIN_RUNJOB_SERVE_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/trust.h"

struct error;

/* What a client may order: a body becomes a line of jobspec(5). */
struct order {
	enum certificate_role role;
	const char *owner;   /* 64 digits; whose groups of jobs, for all but admins */
	const char *sandbox; /* the least one, for all but admins */
	uint64_t most_ms;    /* so long it may run, its grace included; 0: as it says */
	struct buf line;
	struct buf field; /* the member that was refused; else empty */
};

#define ORDER_EMPTY                                                                      \
	{                                                                                \
		.role = CERTIFICATE_ANONYMOUS, .sandbox = "strict"                       \
	}

/*
 * body is one JSON object, and changed in place.  ERROR_DATA when it is none, ERROR_DENIED
 * when a member in it is not for that role.  What the members say is looked at by
 * runjob(1).
 */
int order_make(struct order *order, struct buf *body, struct error *err);
/* Is it the name of a sandbox, as runjob(1) has them? */
bool order_knows_sandbox(const char *text);

/* What that owner's group is called among those of all: nobody else stands in it. */
void order_group(struct buf *out, const char *owner, const char *group);

void order_free(struct order *order);

#endif
