#include "lib/stats_filter.h"

#include <string.h>

#include "lib/base64.h"
#include "lib/buf.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/json_plain.h"
#include "lib/str.h"

enum { TEXT_MAX = 255, CURSOR_MAX = 1024, DATE_DIGITS = 10 };

#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)
#define NUMBER_MAX ((uint64_t)1 << 53)
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static const char *const names[STATS_FIELDS] = {
	[STATS_REPOSITORY] = "repo", [STATS_WORKFLOW] = "workflow",
	[STATS_BRANCH] = "branch",   [STATS_EVENT] = "event",
	[STATS_ACTOR] = "actor",     [STATS_STATUS] = "status",
	[STATS_FROM] = "from",	     [STATS_TO] = "to",
};

static const char *const statuses[] = {
	"completed", "in_progress", "queued",  "requested", "waiting",
	"pending",   "success",	    "failure", "timed_out", "startup_failure",
	"cancelled", "skipped",	    "neutral", "stale",	    "action_required",
	"running",   "ok",	    "failed",  "timeout",   "oom",
	"lost",
};

const char *stats_field_name(enum stats_field field)
{
	return names[field];
}

bool stats_field_find(enum stats_field *field, const char *name)
{
	for (int i = 0; i < STATS_FIELDS; i++) {
		if (str_equal(names[i], name)) {
			*field = (enum stats_field)i;
			return true;
		}
	}
	return false;
}

static bool is_of(const char *text, const char *characters)
{
	return *text && strlen(text) <= TEXT_MAX &&
	       strspn(text, characters) == strlen(text);
}

/* Names that people choose: any UTF-8 but control characters. */
static bool is_text(const char *text)
{
	auto_buf struct buf quoted = BUF_EMPTY;

	buf_add_char(&quoted, '"');
	for (const char *at = text; *at; at++) {
		if (*at == '"' || *at == '\\')
			buf_add_char(&quoted, '\\');
		buf_add_char(&quoted, *at);
	}
	buf_add_char(&quoted, '"');
	return *text && strlen(text) <= TEXT_MAX &&
	       json_plain_is_valid((struct str_view){ quoted.data, quoted.len });
}

static bool is_status(const char *text)
{
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		if (str_equal(statuses[i], text))
			return true;
	}
	return false;
}

static bool is_good(enum stats_field field, const char *text)
{
	switch (field) {
	case STATS_REPOSITORY:
		return str_is_name(text) && strchr(text, '/');
	case STATS_EVENT:
		return is_of(text, LETTERS DIGITS "_-");
	case STATS_ACTOR:
		return is_of(text, LETTERS DIGITS "_-[]");
	case STATS_STATUS:
		return is_status(text);
	case STATS_WORKFLOW:
	case STATS_BRANCH:
		return is_text(text);
	case STATS_FROM:
	case STATS_TO:
	case STATS_FIELDS:
	default:
		return true;
	}
}

/* A date, a time, or so long ago.  A date as an end means the end of that day. */
static int take_time(int64_t *at_ms, enum stats_field field, const char *text,
		     int64_t now_ms)
{
	auto_buf struct buf midnight = BUF_EMPTY;
	struct error ignored = { 0 };
	size_t len = strlen(text);
	uint64_t ago_ms = 0;

	if (!len || len > TEXT_MAX)
		return -1;
	if (date_parse(at_ms, text))
		return 0;
	buf_add_format(&midnight, "%sT00:00:00Z", text);
	if (len == DATE_DIGITS && date_parse(at_ms, buf_str(&midnight))) {
		*at_ms += field == STATS_TO ? DAY_MS : 0;
		return 0;
	}
	/* A number without its unit may as well be a year. */
	if (strchr(DIGITS, text[len - 1]) ||
	    str_to_duration(&ago_ms, text, &ignored) < 0 || ago_ms > (uint64_t)now_ms)
		return -1;
	*at_ms = now_ms - (int64_t)ago_ms;
	return 0;
}

int stats_filter_set(struct stats_filter *filter, enum stats_field field,
		     const char *text, int64_t now_ms, struct error *err)
{
	struct error ignored = { 0 };
	uint64_t number = 0;
	bool is_time = field == STATS_FROM || field == STATS_TO;

	if (is_time && take_time(field == STATS_FROM ? &filter->from_ms : &filter->to_ms,
				 field, text, now_ms) < 0)
		return error_set(err, ERROR_USAGE,
				 "%s wants a date, a time of RFC 3339 or an age as 7d",
				 names[field]);
	if (!is_good(field, text))
		return error_set(err, ERROR_USAGE, "%s cannot be this value",
				 names[field]);
	if (field == STATS_WORKFLOW &&
	    str_to_u64(&number, text, 1, NUMBER_MAX, &ignored) == 0)
		filter->workflow_id = (int64_t)number;
	filter->text[field] = text;
	return 0;
}

int stats_filter_check(const struct stats_filter *filter, struct error *err)
{
	if (filter->text[STATS_FROM] && filter->text[STATS_TO] &&
	    filter->from_ms >= filter->to_ms)
		return error_set(err, ERROR_USAGE, "from is not before to");
	return 0;
}

void stats_cursor_write(struct buf *out, const char *key)
{
	base64url_encode(out, key, strlen(key));
}

int stats_cursor_read(struct buf *key, const char *cursor, struct error *err)
{
	auto_buf struct buf decoded = BUF_EMPTY;
	size_t len = strlen(cursor);

	if (!len || len > CURSOR_MAX || !base64url_decode(&decoded, cursor, len) ||
	    strlen(buf_str(&decoded)) != decoded.len)
		return error_set(err, ERROR_USAGE, "after is no cursor of this list");
	buf_add(key, decoded.data, decoded.len);
	return 0;
}
