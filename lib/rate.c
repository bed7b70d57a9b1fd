#include "lib/rate.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "lib/address.h"

/* The sets are a power of two. */
enum {
	SETS = 512,
	WAYS = 8,
	MS_US = 1000,
	SECOND_US = 1000 * 1000,
	REST_US = 10 * SECOND_US
};

/* The generic cell rate algorithm: a request is due one interval after the one before, and
 * who is too far ahead of that waits. */
struct rate_slot {
	struct address owner;
	int64_t due_us;
};

void rate_open(struct rate *rate, unsigned per_second)
{
	*rate = (struct rate){ .slots = NULL };
	if (!per_second)
		return;
	rate->slots = calloc((size_t)SETS * WAYS, sizeof(*rate->slots));
	if (!rate->slots)
		abort();
	rate->interval_us = SECOND_US / per_second;
	/* Without a seed senders could choose whose set they share; they get no more. */
	(void)!getrandom(&rate->seed, sizeof(rate->seed), 0);
}

void rate_close(struct rate *rate)
{
	free(rate->slots);
	*rate = (struct rate){ .slots = NULL };
}

static struct rate_slot *find(struct rate *rate, const struct address *owner)
{
	struct rate_slot *set =
		rate->slots + address_hash(owner, rate->seed) % SETS * WAYS;
	struct rate_slot *quiet = set;
	size_t i;

	for (i = 0; i < WAYS; i++) {
		if (address_equal(&set[i].owner, owner))
			return &set[i];
		if (set[i].due_us < quiet->due_us)
			quiet = &set[i];
	}
	*quiet = (struct rate_slot){ .owner = *owner };
	return quiet;
}

int64_t rate_count(struct rate *rate, const struct address *address, int64_t now_ms)
{
	const struct address owner = address_owner(address);
	const int64_t now_us = now_ms * MS_US;
	struct rate_slot *slot;

	if (!rate->slots)
		return 0;
	slot = find(rate, &owner);
	/* Further ahead than anybody gets: the clock was put back. */
	if (slot->due_us < now_us || slot->due_us > now_us + REST_US + rate->interval_us)
		slot->due_us = now_us;
	if (slot->due_us + rate->interval_us > now_us + REST_US)
		return (slot->due_us + rate->interval_us - now_us - REST_US) / MS_US + 1;
	slot->due_us += rate->interval_us;
	return 0;
}
