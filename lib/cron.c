#include "lib/cron.h"

#include <string.h>
#include <time.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/str.h"

enum {
	MINUTE = 60,
	DAY = 86400,
	/* 29 February is a Sunday after 40 years at the latest. */
	YEARS = 45,
	FIELDS = 5,
	WEEKDAYS = 4,
	EVERY_MIN_MS = 60 * 1000,
};

#define EVERY_MAX_MS (UINT64_C(366) * 86400 * 1000)

struct field {
	const char *name;
	unsigned min;
	unsigned max;
	const char *words; /* of three letters each, the first is min */
};

static const struct field fields[FIELDS] = {
	{ "minute", 0, 59, NULL },
	{ "hour", 0, 23, NULL },
	{ "day of the month", 1, 31, NULL },
	{ "month", 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec" },
	/* The words begin anew: who writes fri-sun means 5-7. */
	{ "day of the week", 0, 7, "sunmontuewedthufrisat" },
};

static const struct {
	const char *name;
	const char *fields;
} nicknames[] = {
	{ "@yearly", "0 0 1 1 *" },  { "@annually", "0 0 1 1 *" },
	{ "@monthly", "0 0 1 * *" }, { "@weekly", "0 0 * * 0" },
	{ "@daily", "0 0 * * *" },   { "@midnight", "0 0 * * *" },
	{ "@hourly", "0 * * * *" },
};

/* A field's text while it is read. */
struct reader {
	const struct field *field;
	struct str_view text; /* all of it, for errors */
	const char *at;
	const char *end;
	struct error *err;
};

static int refuse(const struct reader *reader, const char *why)
{
	return error_set(reader->err, ERROR_DATA, "%s '%.*s': %s", reader->field->name,
			 (int)reader->text.len, reader->text.data, why);
}

static bool take_char(struct reader *reader, char c)
{
	if (reader->at == reader->end || *reader->at != c)
		return false;
	reader->at++;
	return true;
}

static bool is_digit(const struct reader *reader)
{
	return reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9';
}

static bool take_word(unsigned *value, struct reader *reader)
{
	const char *words = reader->field->words;
	size_t count = words ? strlen(words) / 3 : 0;
	size_t i;

	if (reader->end - reader->at < 3)
		return false;
	for (i = 0; i < count; i++) {
		if (strncasecmp(reader->at, words + i * 3, 3) == 0) {
			*value = reader->field->min + (unsigned)i;
			reader->at += 3;
			return true;
		}
	}
	return false;
}

static int not_supported(struct reader *reader)
{
	if (reader->at < reader->end && strchr("?LW#~HC", *reader->at))
		return refuse(reader, "?, L, W, #, ~ and H are not supported");
	return refuse(reader,
		      reader->field->words ? "neither a number nor a name" : "no number");
}

static int take_value(unsigned *value, struct reader *reader)
{
	unsigned number = 0;

	if (take_word(value, reader))
		return 0;
	if (!is_digit(reader))
		return not_supported(reader);
	while (is_digit(reader)) {
		number = number * 10 + (unsigned)(*reader->at++ - '0');
		if (number > reader->field->max)
			break;
	}
	if (number < reader->field->min || number > reader->field->max)
		return error_set(reader->err, ERROR_DATA,
				 "%s '%.*s': it is from %u to %u", reader->field->name,
				 (int)reader->text.len, reader->text.data,
				 reader->field->min, reader->field->max);
	*value = number;
	return 0;
}

/* A step that is longer than the field would only ever match its first value. */
static int take_step(unsigned *step, struct reader *reader)
{
	unsigned number = 0;

	*step = 1;
	if (!take_char(reader, '/'))
		return 0;
	if (!is_digit(reader))
		return refuse(reader, "a number is wanted behind '/'");
	while (is_digit(reader) && number <= reader->field->max)
		number = number * 10 + (unsigned)(*reader->at++ - '0');
	if (number == 0)
		return refuse(reader, "a step of 0");
	if (number > reader->field->max)
		return refuse(reader, "a step longer than the field: it would only match "
				      "the first");
	*step = number;
	return 0;
}

/* "*", "5", "5-20", "mon-fri", each but the second with a step. */
static int take_range(uint64_t *set, struct reader *reader)
{
	unsigned low = reader->field->min;
	unsigned high = reader->field->max;
	unsigned step = 1;
	bool is_single = false;

	if (!take_char(reader, '*')) {
		if (take_value(&low, reader) < 0)
			return -1;
		high = low;
		is_single = !take_char(reader, '-');
		if (!is_single && take_value(&high, reader) < 0)
			return -1;
		if (reader->field == &fields[WEEKDAYS] && high == 0 && low > 0)
			high = 7;
	}
	if (is_single && take_char(reader, '/'))
		return refuse(reader, "a step wants a range or * in front of it");
	if (take_step(&step, reader) < 0)
		return -1;
	if (high < low)
		return refuse(reader, "the range ends before it begins: write it as two, "
				      "with a comma");
	for (; low <= high; low += step)
		*set |= UINT64_C(1) << low;
	return 0;
}

static int take_list(uint64_t *set, struct reader *reader)
{
	uint64_t taken = 0;

	do {
		if (take_range(&taken, reader) < 0)
			return -1;
	} while (take_char(reader, ','));
	if (reader->at != reader->end)
		return not_supported(reader);
	*set = taken;
	return 0;
}

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

/* The next word of the text; empty at its end. */
static struct str_view next_word(const char **text)
{
	struct str_view word = { skip_blanks(*text), 0 };

	word.len = strcspn(word.data, " \t");
	*text = word.data + word.len;
	return word;
}

static int count_words(const char *text)
{
	int count = 0;

	while (next_word(&text).len)
		count++;
	return count;
}

static int take_fields(struct cron *cron, const char *text, struct error *err)
{
	uint64_t sets[FIELDS] = { 0 };
	bool stars[FIELDS] = { false };
	int i;

	for (i = 0; i < FIELDS; i++) {
		struct str_view word = next_word(&text);
		struct reader reader = { &fields[i], word, word.data,
					 word.data + word.len, err };

		stars[i] = word.data[0] == '*';
		if (take_list(&sets[i], &reader) < 0)
			return -1;
	}
	/* 7 is Sunday, too. */
	sets[WEEKDAYS] = (sets[WEEKDAYS] | sets[WEEKDAYS] >> 7) & 0x7f;
	*cron = (struct cron){ .minutes = sets[0],
			       .hours = (uint32_t)sets[1],
			       .days = (uint32_t)sets[2],
			       .months = (uint32_t)sets[3],
			       .weekdays = (uint32_t)sets[WEEKDAYS],
			       .days_star = stars[2],
			       .weekdays_star = stars[WEEKDAYS] };
	return 0;
}

static int take_every(struct cron *cron, const char *text, struct error *err)
{
	struct str_view word = next_word(&text);
	auto_free char *duration = str_format("%.*s", (int)word.len, word.data);
	uint64_t every_ms = 0;

	if (!word.len || next_word(&text).len)
		return error_set(err, ERROR_DATA,
				 "an interval is written as 'every 15m' or 'every 6h'");
	if (str_to_duration(&every_ms, duration, err) < 0)
		return error_wrap(err, "interval");
	if (every_ms < EVERY_MIN_MS || every_ms > EVERY_MAX_MS || every_ms % 1000)
		return error_set(err, ERROR_DATA,
				 "interval '%s': it is from 1m to 366d, in whole seconds",
				 duration);
	*cron = (struct cron){ .every_s = (int64_t)(every_ms / 1000) };
	return 0;
}

static int take_nickname(struct cron *cron, struct str_view name, struct error *err)
{
	size_t i;

	for (i = 0; i < sizeof(nicknames) / sizeof(nicknames[0]); i++) {
		if (str_view_equal(name, nicknames[i].name))
			return take_fields(cron, nicknames[i].fields, err);
	}
	if (str_view_equal(name, "@reboot"))
		return error_set(err, ERROR_DATA,
				 "@reboot is not supported: a schedule is about time; "
				 "start it from a unit of the system");
	return error_set(err, ERROR_DATA,
			 "no nickname '%.*s': @hourly, @daily, @midnight, @weekly, "
			 "@monthly, @yearly or @annually",
			 (int)name.len, name.data);
}

static int take_text(struct cron *cron, const char *text, struct error *err)
{
	const char *rest = text;
	struct str_view first = next_word(&rest);
	int count = count_words(text);

	if (str_view_equal(first, "every") || str_view_equal(first, "@every"))
		return take_every(cron, rest, err);
	if (first.len && first.data[0] == '@' && count == 1)
		return take_nickname(cron, first, err);
	if (count != FIELDS)
		return error_set(err, ERROR_DATA,
				 "%d fields, and not five: minute, hour, day of the "
				 "month, month, day of the week%s",
				 count,
				 count == FIELDS + 1 ? " (there are none for seconds "
						       "and years)"
						     : "");
	return take_fields(cron, text, err);
}

int cron_parse(struct cron *cron, const char *text, struct error *err)
{
	struct cron parsed = { 0 };
	int64_t found = 0;

	if (take_text(&parsed, text, err) < 0)
		return error_wrap(err, "schedule '%.200s'", text);
	if (!parsed.every_s && !cron_match(&found, &parsed, 0))
		return error_set(err, ERROR_DATA,
				 "schedule '%.200s': there is no such day, ever", text);
	*cron = parsed;
	return 0;
}

bool cron_is_hourly(const struct cron *cron)
{
	return cron->hours == (UINT32_C(1) << 24) - 1;
}

static bool has_month(const struct cron *cron, const struct tm *tm)
{
	return cron->months >> (tm->tm_mon + 1) & 1;
}

static bool is_day(const struct cron *cron, const struct tm *tm)
{
	bool day = cron->days >> tm->tm_mday & 1;
	bool weekday = cron->weekdays >> tm->tm_wday & 1;

	if (!has_month(cron, tm))
		return false;
	if (cron->days_star || cron->weekdays_star)
		return day && weekday;
	return day || weekday;
}

/* The first second of the day from this minute of it on, or -1. */
static int64_t match_time(const struct cron *cron, int64_t from)
{
	int64_t hour = from / 3600;
	int64_t minute = from % 3600 / MINUTE;

	for (; hour < 24; hour++, minute = 0) {
		uint64_t left = cron->minutes >> minute;

		if (left && cron->hours >> hour & 1)
			return hour * 3600 + (minute + __builtin_ctzll(left)) * MINUTE;
	}
	return -1;
}

static int64_t day_of(int64_t seconds)
{
	return seconds / DAY - (seconds % DAY < 0);
}

static int64_t next_month(struct tm tm)
{
	tm.tm_mon++;
	tm.tm_mday = 1;
	return day_of(timegm(&tm));
}

bool cron_match(int64_t *found, const struct cron *cron, int64_t local)
{
	int64_t day = day_of(local);
	int64_t from = local - day * DAY + MINUTE - 1;
	int64_t last = day + (int64_t)YEARS * 366;

	while (day < last) {
		const time_t noon = (time_t)(day * DAY + DAY / 2);
		struct tm tm = { 0 };
		int64_t second;

		gmtime_r(&noon, &tm);
		second = is_day(cron, &tm) ? match_time(cron, from) : -1;
		if (second >= 0) {
			*found = day * DAY + second;
			return true;
		}
		day = has_month(cron, &tm) ? day + 1 : next_month(tm);
		from = 0;
	}
	return false;
}
