#ifndef BIN_HOOKRECV_SOURCE_H
#define BIN_HOOKRECV_SOURCE_H

#include <stddef.h>

#include "lib/address.h"

struct error;

/*
 * Who sent a request?  The peer; but a proxy that we trust says in X-Forwarded-For whom it
 * got the request from.  Only what a trusted hop added is believed.
 */
enum { SOURCE_RANGES = 16 };

struct source_trust {
	struct address_range ranges[SOURCE_RANGES];
	size_t count;
};

/* One --trusted-proxy more. */
int source_trust_add(struct source_trust *trust, const char *text, struct error *err);

struct source {
	struct address address;
	char text[ADDRESS_LEN]; /* the address, "unix" or "stdin" */
};

/* remote: the peer.  forwarded: all of X-Forwarded-For, or NULL. */
void source_find(struct source *source, const struct source_trust *trust,
		 const char *remote, const char *forwarded);

bool source_is_trusted(const struct source_trust *trust, const struct address *address);

#endif
