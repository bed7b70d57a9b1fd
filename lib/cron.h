#ifndef LIB_CRON_H
#define LIB_CRON_H

#include <stdbool.h>
#include <stdint.h>

struct error;

/*
 * When a schedule is due: the five fields of crontab(5), a nickname of them as @daily, or an
 * interval as "every 15m".  A cron is a set of minutes on the calendar and knows no time
 * zone; cron_next.h puts it on the clock of one.
 */
struct cron {
	int64_t every_s;  /* an interval, and nothing else is set; or 0 */
	uint64_t minutes; /* bit n: the minute n is in it */
	uint32_t hours;
	uint32_t days;	   /* of the month, from 1 */
	uint32_t months;   /* from 1 */
	uint32_t weekdays; /* from 0, Sunday */
	/* The field begins with an asterisk.  As cron(8) has it, a day must be right by the day
	 * of the month and by that of the week then, and by either of them otherwise. */
	bool days_star;
	bool weekdays_star;
};

/* ERROR_DATA names the field and the text; so does one that no day ever matches. */
int cron_parse(struct cron *cron, const char *text, struct error *err);

/* Does it take every hour of the day? */
bool cron_is_hourly(const struct cron *cron);

/*
 * The first minute from local on that the fields name; both are seconds since the beginning
 * of 1970 on the same clock on the wall.  False when there is none within 45 years.  Not for
 * an interval.
 */
bool cron_match(int64_t *found, const struct cron *cron, int64_t local);

#endif
