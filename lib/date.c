#include "lib/date.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define YEAR_0_MS INT64_C(-62167219200000)
#define YEAR_10000_MS INT64_C(253402300800000)

int64_t date_now_ms(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t date_steady_ms(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* strftime would write the year 223 with three digits. */
void date_format(char out[static DATE_LEN], int64_t unix_ms)
{
	int64_t ms = unix_ms % 1000;
	time_t seconds = (time_t)(unix_ms / 1000);
	struct tm tm = { 0 };

	if (ms < 0) {
		ms += 1000;
		seconds--;
	}
	if (unix_ms < YEAR_0_MS || unix_ms >= YEAR_10000_MS)
		seconds = YEAR_10000_MS / 1000 - 1;
	gmtime_r(&seconds, &tm);
	(void)snprintf(out, DATE_LEN, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ",
		       (unsigned)(tm.tm_year + 1900) % 10000,
		       (unsigned)(tm.tm_mon + 1) % 100, (unsigned)tm.tm_mday % 100,
		       (unsigned)tm.tm_hour % 100, (unsigned)tm.tm_min % 100,
		       (unsigned)tm.tm_sec % 100, (unsigned)ms % 1000);
}

/* Takes exactly count digits; false when there are fewer. */
static bool take_number(int *number, const char **text, int count)
{
	*number = 0;
	for (; count > 0; count--) {
		if (**text < '0' || **text > '9')
			return false;
		*number = *number * 10 + (*(*text)++ - '0');
	}
	return true;
}

static bool take_char(const char **text, const char *set)
{
	if (!**text || !strchr(set, **text))
		return false;
	(*text)++;
	return true;
}

/* Is it a day of the calendar?  timegm would turn 31 February into March. */
static bool tm_to_ms(int64_t *unix_ms, struct tm *tm)
{
	struct tm given = *tm;

	if (tm->tm_hour > 23 || tm->tm_min > 59 || tm->tm_sec > 60 || tm->tm_mday < 1)
		return false;
	if (tm->tm_sec == 60)
		tm->tm_sec = 59;
	*unix_ms = (int64_t)timegm(tm) * 1000;
	return tm->tm_mday == given.tm_mday && tm->tm_mon == given.tm_mon;
}

static bool take_fraction(int *ms, const char **text)
{
	int scale = 100;

	*ms = 0;
	if (!take_char(text, "."))
		return true;
	if (**text < '0' || **text > '9')
		return false;
	for (; **text >= '0' && **text <= '9'; (*text)++) {
		*ms += (**text - '0') * scale;
		scale /= 10;
	}
	return true;
}

static bool take_offset(int64_t *offset_ms, const char **text)
{
	int hours = 0;
	int minutes = 0;
	int sign;

	*offset_ms = 0;
	if (take_char(text, "Zz"))
		return true;
	sign = **text == '-' ? -1 : 1;
	if (!take_char(text, "+-") || !take_number(&hours, text, 2) ||
	    !take_char(text, ":") || !take_number(&minutes, text, 2))
		return false;
	*offset_ms = sign * ((int64_t)hours * 60 + minutes) * 60000;
	return hours < 24 && minutes < 60;
}

bool date_parse(int64_t *unix_ms, const char *text)
{
	struct tm tm = { 0 };
	int64_t whole = 0;
	int64_t offset = 0;
	int ms = 0;

	if (!take_number(&tm.tm_year, &text, 4) || !take_char(&text, "-") ||
	    !take_number(&tm.tm_mon, &text, 2) || !take_char(&text, "-") ||
	    !take_number(&tm.tm_mday, &text, 2) || !take_char(&text, "Tt "))
		return false;
	if (!take_number(&tm.tm_hour, &text, 2) || !take_char(&text, ":") ||
	    !take_number(&tm.tm_min, &text, 2) || !take_char(&text, ":") ||
	    !take_number(&tm.tm_sec, &text, 2))
		return false;
	if (!take_fraction(&ms, &text) || !take_offset(&offset, &text) || *text)
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	if (!tm_to_ms(&whole, &tm))
		return false;
	whole += ms - offset;
	/* An offset may lead out of the years that can be written. */
	if (whole < YEAR_0_MS || whole >= YEAR_10000_MS)
		return false;
	*unix_ms = whole;
	return true;
}

static bool take_month(int *month, const char **text)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int i;

	for (i = 0; i < 12; i++) {
		if (strncmp(*text, names + (size_t)i * 3, 3) == 0) {
			*month = i;
			*text += 3;
			return true;
		}
	}
	return false;
}

bool date_parse_http(int64_t *unix_ms, const char *text)
{
	struct tm tm = { 0 };
	int64_t whole = 0;

	text = strchr(text, ',');
	if (!text)
		return false;
	text++;
	if (!take_char(&text, " ") || !take_number(&tm.tm_mday, &text, 2) ||
	    !take_char(&text, " ") || !take_month(&tm.tm_mon, &text) ||
	    !take_char(&text, " ") || !take_number(&tm.tm_year, &text, 4))
		return false;
	if (!take_char(&text, " ") || !take_number(&tm.tm_hour, &text, 2) ||
	    !take_char(&text, ":") || !take_number(&tm.tm_min, &text, 2) ||
	    !take_char(&text, ":") || !take_number(&tm.tm_sec, &text, 2))
		return false;
	tm.tm_year -= 1900;
	if (strcmp(text, " GMT") != 0 || !tm_to_ms(&whole, &tm))
		return false;
	*unix_ms = whole;
	return true;
}
