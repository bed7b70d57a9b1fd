#ifndef BIN_TOKENMINT_AGENT_TRAIL_H
#define BIN_TOKENMINT_AGENT_TRAIL_H

#include <stdint.h>
#include <sys/types.h>

#include "lib/str.h"

struct cache_entry;
struct error;
struct layout;
struct peer;

/* The agent's lines in the audit file: whom a token was given to first, and who was refused what.
 * Of one user's refusals some are written in a minute, and how many were not. */
enum { TRAIL_USERS = 64 };

struct trail {
	const struct layout *layout; /* NULL: nothing is written */
	struct trail_user {
		uid_t uid;
		int64_t since_ms;
		uint64_t written;
		uint64_t suppressed;
	} users[TRAIL_USERS];
	size_t count;
};

void trail_give(const struct trail *trail, const struct peer *peer,
		const struct cache_entry *entry, int64_t now_ms);
void trail_refuse(struct trail *trail, const struct peer *peer, const struct error *why,
		  struct str_view name, int64_t now_ms);

#endif
