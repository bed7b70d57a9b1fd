#include "bin/hookroute-tick/due.h"

#include <string.h>

#include "lib/buf.h"
#include "lib/crypto.h"
#include "lib/cron_next.h"
#include "lib/error.h"
#include "lib/registry_schedule.h"

/* From 0 to most, as the id says: in whole seconds. */
static int64_t share_of(const char *id, int64_t most_ms)
{
	uint8_t digest[CRYPTO_SHA256_LEN];
	uint64_t number = 0;
	size_t i;

	crypto_sha256(digest, id, strlen(id));
	for (i = 0; i < sizeof(number); i++)
		number = number << 8 | digest[i];
	return (int64_t)(number % (uint64_t)(most_ms / 1000 + 1)) * 1000;
}

static int64_t delay_of(const struct registry_schedule *schedule, const struct cron *cron,
			int64_t jitter_ms)
{
	if (schedule->jitter_ms >= 0)
		return share_of(schedule->id, schedule->jitter_ms);
	if (!cron->every_s)
		return share_of(schedule->id, jitter_ms);
	return DUE_SPREAD_MIN_MS +
	       share_of(schedule->id, DUE_SPREAD_MAX_MS - DUE_SPREAD_MIN_MS);
}

int due_read(struct due *due, struct zone *zone, const struct registry_schedule *schedule,
	     int64_t jitter_ms, struct error *err)
{
	if (cron_parse(&due->cron, schedule->expression, err) < 0 ||
	    zone_use(zone, schedule->timezone, err) < 0)
		return -1;
	due->delay_ms = delay_of(schedule, &due->cron, jitter_ms);
	return 0;
}

/* Whole seconds, the rest left out. */
static int64_t seconds(int64_t ms)
{
	return ms / 1000 - (ms % 1000 < 0);
}

bool due_last(int64_t *due_ms, const struct due *due,
	      const struct registry_schedule *schedule, int64_t now_ms)
{
	int64_t last = 0;

	if (!cron_last(&last, &due->cron, seconds(schedule->seen_ms),
		       seconds(now_ms - due->delay_ms)))
		return false;
	*due_ms = last * 1000;
	return true;
}

bool due_next(int64_t *due_ms, const struct due *due,
	      const struct registry_schedule *schedule, int64_t now_ms)
{
	int64_t after = seconds(now_ms - due->delay_ms);
	int64_t next = 0;

	if (after < seconds(schedule->seen_ms))
		after = seconds(schedule->seen_ms);
	if (!cron_next(&next, &due->cron, after))
		return false;
	*due_ms = next * 1000;
	return true;
}

void due_event_id(char id[static UUID_LEN], const struct registry_schedule *schedule,
		  int64_t due_ms, const char *repository)
{
	auto_buf struct buf text = BUF_EMPTY;
	uint8_t digest[CRYPTO_SHA256_LEN];

	buf_add_format(&text, "%s %jd %s", schedule->id, (intmax_t)due_ms,
		       repository ? repository : "");
	crypto_sha256(digest, text.data, text.len);
	uuid_named(id, due_ms, digest);
}
