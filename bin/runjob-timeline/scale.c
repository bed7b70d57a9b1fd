#include "bin/runjob-timeline/scale.h"

#include <inttypes.h>
#include <stdio.h>

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

unsigned scale_at(const struct scale *scale, int64_t unix_ms)
{
	int64_t after = unix_ms - scale->from_ms;

	if (after <= 0)
		return 0;
	if (after >= scale->length_ms)
		return scale->width;
	return (unsigned)((double)after / (double)scale->length_ms * scale->width);
}

int64_t scale_step_ms(const struct scale *scale, unsigned most)
{
	static const int64_t steps[] = {
		1,	     2,		 5,	      10,	   20,
		50,	     100,	 200,	      500,	   1 * SECOND,
		2 * SECOND,  5 * SECOND, 10 * SECOND, 15 * SECOND, 30 * SECOND,
		1 * MINUTE,  2 * MINUTE, 5 * MINUTE,  10 * MINUTE, 15 * MINUTE,
		30 * MINUTE, 1 * HOUR,	 2 * HOUR,    6 * HOUR,	   12 * HOUR
	};
	int64_t step = DAY;
	size_t i;

	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (scale->length_ms / steps[i] <= most)
			return steps[i];
	}
	while (scale->length_ms / step > most)
		step *= 2;
	return step;
}

static void two(char out[static SCALE_TEXT], int64_t length_ms, const int64_t units[2],
		const char letters[2])
{
	snprintf(out, SCALE_TEXT, "%" PRId64 "%c%02" PRId64 "%c", length_ms / units[0],
		 letters[0], length_ms % units[0] / units[1], letters[1]);
}

void scale_text(char out[static SCALE_TEXT], int64_t length_ms)
{
	if (length_ms < SECOND)
		snprintf(out, SCALE_TEXT, "%" PRId64 "ms", length_ms);
	else if (length_ms < MINUTE)
		snprintf(out, SCALE_TEXT, "%" PRId64 ".%" PRId64 "s", length_ms / SECOND,
			 length_ms % SECOND / 100);
	else if (length_ms < HOUR)
		two(out, length_ms, (const int64_t[2]){ MINUTE, SECOND }, "ms");
	else if (length_ms < DAY)
		two(out, length_ms, (const int64_t[2]){ HOUR, MINUTE }, "hm");
	else
		two(out, length_ms, (const int64_t[2]){ DAY, HOUR }, "dh");
}

void scale_tick(char out[static SCALE_TEXT], int64_t length_ms)
{
	static const struct {
		int64_t unit_ms;
		const char *name;
	} units[] = {
		{ DAY, "d" }, { HOUR, "h" }, { MINUTE, "m" }, { SECOND, "s" }, { 1, "ms" }
	};
	size_t i;

	snprintf(out, SCALE_TEXT, "0");
	for (i = 0; length_ms && i < sizeof(units) / sizeof(units[0]); i++) {
		if (length_ms % units[i].unit_ms == 0) {
			snprintf(out, SCALE_TEXT, "%" PRId64 "%s",
				 length_ms / units[i].unit_ms, units[i].name);
			return;
		}
	}
}
