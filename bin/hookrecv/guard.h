#ifndef BIN_HOOKRECV_GUARD_H
#define BIN_HOOKRECV_GUARD_H

#include <stdbool.h>

#include "bin/hookrecv/source.h"
#include "lib/bans.h"

struct error;
struct http_exchange;
struct layout;

/*
 * Against guessing of hook ids and secrets: counts the misses of each sender, and turns a
 * banned one away before anything else is looked at.
 */
struct guard {
	struct bans bans;
	const struct source_trust *trust;
	bool bans_local;
};

#define GUARD_NONE                                                                       \
	{                                                                                \
		BANS_NONE, NULL, false                                                   \
	}

/* <state>/bans and the settings; trust must stay where it is. */
int guard_open(struct guard *guard, const struct layout *layout,
	       const struct source_trust *trust, struct error *err);
void guard_close(struct guard *guard);

/* The file and the settings alone. */
int guard_open_bans(struct bans *bans, const struct layout *layout, struct error *err);

/* Who sent this request. */
struct source guard_source(const struct guard *guard,
			   const struct http_exchange *exchange);

/* Is the sender banned?  Then it has been answered: 429. */
bool guard_refuse(const struct guard *guard, struct http_exchange *exchange);

/* The sender guessed wrong: why is one word for the log. */
void guard_miss(struct guard *guard, const struct http_exchange *exchange,
		const char *why);

#endif
