#include "bin/ghstats-serve/attempts.h"

#include <string.h>

#include "lib/address.h"
#include "lib/crypto.h"

enum { MINUTE_MS = 60000 };

static void begin_minute(struct attempts *attempts, int64_t now_ms)
{
	attempts->since_ms = now_ms;
	attempts->count = 0;
	memset(attempts->counts, 0, sizeof(attempts->counts));
	crypto_random(&attempts->seed, sizeof(attempts->seed));
}

/* What is refused does not count, so that who waits a minute is let in. */
bool attempts_take(struct attempts *attempts, const char *remote, int64_t now_ms)
{
	struct address address = address_unix;
	uint16_t *place;

	if (!attempts->seed || now_ms - attempts->since_ms >= MINUTE_MS)
		begin_minute(attempts, now_ms);
	if (attempts->count >= attempts->of_all)
		return false;
	if (address_parse(&address, remote) && !address_is_local(&address)) {
		address = address_owner(&address);
		place = &attempts->counts[address_hash(&address, attempts->seed) %
					  ATTEMPTS_PLACES];
		if (*place >= attempts->of_one)
			return false;
		(*place)++;
	}
	attempts->count++;
	return true;
}
