#include "lib/cron.h"

#include "lib/cron_next.h"
#include "lib/error.h"
#include "lib/zone.h"
#include "tests/fuzz/fuzz.h"

/* Who parses is due some day, each time later than before, and the last time is found again. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *text = fuzz_text(bytes, size);
	auto_zone struct zone zone = ZONE_EMPTY;
	const int64_t from = 1774656000; /* the day before Berlin's clock is changed */
	struct error err = { 0 };
	struct cron cron = { 0 };
	int64_t time = from;
	int64_t next = 0;
	int i;

	if (cron_parse(&cron, text, &err) < 0) {
		FUZZ_PROMISE(err.kind == ERROR_DATA && err.message[0]);
		return 0;
	}
	zone_open(&zone);
	if (zone_use(&zone, "Europe/Berlin", &err) < 0)
		return 0; /* no tzdata */
	for (i = 0; i < 3; i++) {
		FUZZ_PROMISE(cron_next(&next, &cron, time) && next > time);
		FUZZ_PROMISE(cron_last(&time, &cron, from, next) && time == next);
	}
	return 0;
}
