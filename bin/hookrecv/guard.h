#ifndef BIN_HOOKRECV_GUARD_H
#define BIN_HOOKRECV_GUARD_H

#include <stdbool.h>

#include "bin/hookrecv/metrics.h"
#include "lib/rate.h"
#include "bin/hookrecv/source.h"
#include "lib/bans.h"

struct error;
struct http_exchange;
struct limits;
struct layout;

/*
 * Against guessing of hook ids and secrets: counts the misses of each sender, and turns a
 * banned one away before anything else is looked at.
 */
struct guard {
	struct bans bans;
	const struct source_trust *trust;
	struct metrics metrics;
	bool bans_local;
	const struct limits *limits;
	struct rate rate;
	int64_t full_ms; /* when it was said that an address has too many connections */
};

#define GUARD_NONE                                                                       \
	{                                                                                \
		.bans = BANS_NONE,                                                       \
	}

/* <state>/bans and the settings; trust and limits must stay where they are. */
int guard_open(struct guard *guard, const struct layout *layout,
	       const struct source_trust *trust, const struct limits *limits,
	       struct error *err);
void guard_close(struct guard *guard);

/* The file and the settings alone. */
int guard_open_bans(struct bans *bans, const struct layout *layout, struct error *err);

/* Who sent this request. */
struct source guard_source(const struct guard *guard,
			   const struct http_exchange *exchange);

/* May this address have a connection beside the others that it has? */
bool guard_welcome(struct guard *guard, const struct address *address, unsigned others);

/* Is the sender banned, or does it send too much?  Then it has been answered: 429. */
bool guard_refuse(struct guard *guard, struct http_exchange *exchange);

/* The sender guessed wrong: why is one word for the log. */
void guard_miss(struct guard *guard, const struct http_exchange *exchange,
		const char *why);

#endif
