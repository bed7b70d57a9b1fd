#include "bin/hookroute/retry.h"

#include <sys/random.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/str.h"

int retry_read(struct retry *retry, const char *text, const char *name, struct error *err)
{
	struct retry read = { { 0 }, 0, 0 };

	if (!text)
		text = "5s 5m 30m 2h 5h 10h 14h 20h 24h";
	while (text) {
		struct str_view word = str_split(&text, ' ');
		auto_free char *copy = str_format("%.*s", (int)word.len, word.data);

		if (word.len == 0)
			continue;
		if (read.count == RETRY_MAX ||
		    str_to_duration(&read.delays_ms[read.count++], copy, err) < 0)
			return error_set(err, ERROR_CONFIG,
					 "%s wants up to %d times as \"5s 5m 30m\", "
					 "not '%s'",
					 name, RETRY_MAX, copy);
	}
	*retry = read;
	return 0;
}

int64_t retry_spread(int64_t delay_ms)
{
	uint32_t chance = 0;

	/* Without randomness all come at once; that is a burden and no fault. */
	if (getrandom(&chance, sizeof(chance), GRND_NONBLOCK) != sizeof(chance))
		chance = 0;
	return delay_ms + delay_ms / 5 * (chance % 1000) / 1000;
}

static bool find_delay(int64_t *delay_ms, const struct retry *retry, unsigned tries)
{
	if (tries == 0 || retry->count == 0)
		return false;
	if (tries > retry->count && !retry->expire_ms)
		return false;
	if (tries > retry->count)
		tries = (unsigned)retry->count;
	*delay_ms = (int64_t)retry->delays_ms[tries - 1];
	return true;
}

bool retry_due(int64_t *due_ms, const struct retry *retry,
	       const struct retry_state *state)
{
	int64_t end_ms = state->since_ms + (int64_t)retry->expire_ms;
	int64_t delay_ms = 0;

	if (!find_delay(&delay_ms, retry, state->tries) ||
	    (retry->expire_ms && state->now_ms >= end_ms))
		return false;
	if (state->after_ms > delay_ms)
		delay_ms = state->after_ms;
	*due_ms = state->now_ms + retry_spread(delay_ms);
	/* The last try is at the end, and not left out. */
	if (retry->expire_ms && *due_ms > end_ms && state->now_ms + delay_ms <= end_ms)
		*due_ms = end_ms;
	return true;
}
