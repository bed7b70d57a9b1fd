#include "lib/cron_next.h"

#include <time.h>

#include "lib/cron.h"

/* No zone changes its clock twice in a day, and none by more than a day. */
enum { MINUTE = 60, DAY = 86400, LOOK_BACK = DAY + 3600 };

static int64_t offset_at(int64_t at)
{
	const time_t seconds = (time_t)at;
	struct tm tm = { 0 };

	localtime_r(&seconds, &tm);
	return tm.tm_gmtoff;
}

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t ceil_minute(int64_t seconds)
{
	int64_t rest = seconds % MINUTE;

	if (rest == 0)
		return seconds;
	return seconds - rest + (rest > 0 ? MINUTE : 0);
}

/* The first moment behind from, until at the latest, that has another offset than from. */
static bool find_change(int64_t *change, int64_t from, int64_t until)
{
	int64_t offset = offset_at(from);

	while (from < until) {
		int64_t to = smaller(from + DAY, until);

		if (offset_at(to) == offset) {
			from = to;
			continue;
		}
		while (to - from > 1) {
			int64_t middle = from + (to - from) / 2;

			if (offset_at(middle) == offset)
				from = middle;
			else
				to = middle;
		}
		*change = to;
		return true;
	}
	return false;
}

/* The local time up to which the clock had come by then, also if it was set back since. */
static int64_t reached(int64_t at)
{
	int64_t from = at - LOOK_BACK;
	int64_t most = at + offset_at(at) + 1;
	int64_t change = 0;

	while (find_change(&change, from, at)) {
		most = larger(most, change + offset_at(from));
		from = change;
	}
	return most;
}

bool cron_next(int64_t *next, const struct cron *cron, int64_t after)
{
	bool is_hourly = cron_is_hourly(cron);
	int64_t at = after;
	int64_t offset;
	int64_t start;

	if (cron->every_s) {
		*next = after - after % cron->every_s + cron->every_s;
		return true;
	}
	offset = offset_at(at);
	start = is_hourly ? at + offset + 1 : reached(at);
	for (;;) {
		int64_t local = 0;
		int64_t change = 0;
		int64_t to;

		if (!cron_match(&local, cron, ceil_minute(start)))
			return false;
		*next = local - offset;
		if (!find_change(&change, at, *next))
			return true;
		/* Up to the change there is none: local is behind it on the old clock. */
		to = change + offset_at(change);
		if (!is_hourly && local < to) {
			*next = change;
			return true;
		}
		if (is_hourly)
			start = to;
		else
			start = larger(larger(start, change + offset), to);
		at = change;
		offset = to - change;
	}
}

bool cron_last(int64_t *last, const struct cron *cron, int64_t after, int64_t until)
{
	int64_t span = MINUTE;
	int64_t from = until;
	bool found = false;

	/* Ever farther back: the half that was looked at before has none. */
	while (!found && from > after) {
		int64_t next = 0;

		from = larger(after, until - span);
		span *= 2;
		while (cron_next(&next, cron, found ? *last : from) && next <= until) {
			*last = next;
			found = true;
		}
	}
	return found;
}
