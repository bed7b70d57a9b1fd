#include "bin/hookroute/retry.h"

#include <sys/random.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/str.h"

int retry_read(struct retry *retry, const char *text, struct error *err)
{
	struct retry read = { { 0 }, 0 };

	if (!text)
		text = "5s 5m 30m 2h 5h 10h 14h 20h 24h";
	while (text) {
		struct str_view word = str_split(&text, ' ');
		auto_free char *copy = str_format("%.*s", (int)word.len, word.data);

		if (word.len == 0)
			continue;
		if (read.count == RETRY_MAX ||
		    str_to_duration(&read.delays_ms[read.count++], copy, err) < 0)
			return error_set(
				err, ERROR_CONFIG,
				"HOOKTOOLS_RETRY wants up to %d times as \"5s 5m 30m\", "
				"not '%s'",
				RETRY_MAX, copy);
	}
	*retry = read;
	return 0;
}

bool retry_delay(uint64_t *delay_ms, const struct retry *retry, unsigned tries)
{
	uint32_t chance = 0;
	uint64_t delay;

	if (tries == 0 || tries > retry->count)
		return false;
	delay = retry->delays_ms[tries - 1];
	/* Without randomness all come at once; that is a burden and no fault. */
	if (getrandom(&chance, sizeof(chance), GRND_NONBLOCK) != sizeof(chance))
		chance = 0;
	*delay_ms = delay + delay / 5 * (chance % 1000) / 1000;
	return true;
}
