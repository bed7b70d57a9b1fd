#include "bin/hookroute/journal_read.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/json_plain.h"
#include "lib/uuid.h"

enum {
	HOUR_MS = 3600 * 1000, /* the lines of several routers are not quite in order */
};

static bool has_id(const struct journal_query *query, struct str_view line)
{
	size_t i;

	for (i = 0; i < query->id_count; i++) {
		if (memmem(line.data, line.len, query->ids[i], UUID_LEN - 1))
			return true;
	}
	return query->id_count == 0;
}

static bool is_member(struct str_view line, const char *key, const char *want)
{
	struct str_view value;

	return !want ||
	       (json_plain_string(&value, line, key) && str_view_equal(value, want));
}

static bool is_named(struct str_view line, const char *pattern)
{
	auto_free char *name = NULL;
	struct str_view value;

	if (!pattern)
		return true;
	if (!json_plain_string(&value, line, "name"))
		return false;
	name = str_format("%.*s", (int)value.len, value.data);
	return fnmatch(pattern, name, 0) == 0;
}

static int64_t time_of(struct str_view line)
{
	static const char start[] = "{\"at\":\"";
	char at[DATE_LEN];
	int64_t time_ms = 0;

	if (line.len < sizeof(start) + DATE_LEN || memcmp(line.data, start, 7) != 0)
		return INT64_MIN;
	memcpy(at, line.data + sizeof(start) - 1, DATE_LEN - 1);
	at[DATE_LEN - 1] = '\0';
	return date_parse(&time_ms, at) ? time_ms : INT64_MIN;
}

static bool is_later(struct str_view line, const char *after)
{
	struct str_view id;

	return !after || (json_plain_string(&id, line, "id") && id.len == UUID_LEN - 1 &&
			  memcmp(id.data, after, id.len) > 0);
}

bool journal_matches(const struct journal_query *query, struct str_view line)
{
	int64_t at_ms;

	if (!line.len || line.data[0] != '{' || line.data[line.len - 1] != '}' ||
	    !has_id(query, line))
		return false;
	at_ms = time_of(line);
	if (at_ms < query->since_ms || at_ms > query->until_ms ||
	    !json_plain_is_valid(line))
		return false;
	return is_later(line, query->after) && is_named(line, query->name) &&
	       is_member(line, "event", query->event) &&
	       is_member(line, "provider", query->provider) &&
	       is_member(line, "route", query->route) && is_member(line, "to", query->to);
}

static int is_day(const struct dirent *item)
{
	int64_t ignored;
	auto_free char *text = str_format("%sT00:00:00Z", item->d_name);

	return date_parse(&ignored, text);
}

int journal_days(char (**days)[JOURNAL_DAY_LEN], size_t *count, int dir,
		 struct error *err)
{
	struct dirent **items = NULL;
	int found = scandirat(dir, ".", &items, is_day, alphasort);
	int i;

	if (found < 0)
		return error_errno(err, "read a folder of days");
	*days = calloc((size_t)found + 1, JOURNAL_DAY_LEN);
	if (!*days)
		abort();
	for (i = 0; i < found; i++) {
		memcpy((*days)[i], items[i]->d_name, JOURNAL_DAY_LEN);
		free(items[i]);
	}
	free(items);
	*count = (size_t)found;
	return 0;
}

struct text {
	const char *data; /* mapped; NULL when empty */
	size_t len;
};

/* Pruned meanwhile is empty. */
static int map_day(struct text *text, int dir, const char *day, struct error *err)
{
	auto_close int fd = openat(dir, day, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st = { 0 };
	void *data;

	*text = (struct text){ NULL, 0 };
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_errno(err, "open 'log/%s'", day);
	if (st.st_size == 0)
		return 0;
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		return error_errno(err, "read 'log/%s'", day);
	*text = (struct text){ data, (size_t)st.st_size };
	return 0;
}

static void unmap(struct text *text)
{
	if (text->data)
		(void)munmap((void *)(uintptr_t)text->data, text->len);
}

/* The line that begins at or behind start, or is cut by it; *end is behind its break. */
static struct str_view line_at(size_t *end, const struct text *text, size_t start)
{
	const char *from = text->data + start;
	const char *stop = memchr(from, '\n', text->len - start);

	if (!stop) {
		*end = text->len;
		return (struct str_view){ from, text->len - start };
	}
	*end = (size_t)(stop - text->data) + 1;
	return (struct str_view){ from, (size_t)(stop - from) };
}

/* Where lines from that time on begin: halving, as lines are sorted but for an hour. */
static size_t seek_time(const struct text *text, int64_t since_ms)
{
	size_t low = 0;
	size_t high = text->len;
	size_t end;

	if (since_ms < HOUR_MS)
		return 0;
	while (high - low > 4096) {
		size_t middle = low + (high - low) / 2;
		int64_t at_ms;

		(void)line_at(&end, text, middle);
		at_ms = end < high ? time_of(line_at(&end, text, end)) : INT64_MAX;
		if (at_ms < since_ms - HOUR_MS)
			low = middle;
		else
			high = middle;
	}
	if (low)
		(void)line_at(&low, text, low);
	return low;
}

/* Nothing of an event is older than itself. */
static int64_t earliest_ms(const struct journal_query *query)
{
	int64_t earliest = INT64_MAX;
	size_t i;

	for (i = 0; i < query->id_count; i++) {
		int64_t made_ms = uuid_time_ms(query->ids[i]);

		/* A clock that was wrong, or an id that bears no time, says nothing. */
		if (made_ms > date_now_ms())
			made_ms = 0;
		if (made_ms < earliest)
			earliest = made_ms;
	}
	if (query->id_count == 0 || query->since_ms > earliest)
		return query->since_ms;
	return earliest;
}

static void set_place(struct journal_place *place, const char *day,
		      const struct text *text)
{
	memcpy(place->day, day, JOURNAL_DAY_LEN);
	place->offset = (off_t)text->len;
	/* A line that is being written is read when it is whole. */
	while (place->offset > 0 && text->data[place->offset - 1] != '\n')
		place->offset--;
}

static bool is_day_before(const char *day, int64_t time_ms)
{
	char text[DATE_LEN];

	if (time_ms < HOUR_MS)
		return false;
	date_format(text, time_ms - HOUR_MS);
	return strncmp(day, text, JOURNAL_DAY_LEN - 1) < 0;
}

static int read_text(const struct text *text, uint64_t *left,
		     const struct journal_query *query, int64_t since_ms,
		     struct error *err)
{
	size_t at = seek_time(text, since_ms);

	while (*left && at < text->len) {
		struct str_view line = line_at(&at, text, at);

		if (!journal_matches(query, line))
			continue;
		if (query->each(query->context, line, err) < 0)
			return -1;
		(*left)--;
	}
	return 0;
}

int journal_read_first(struct journal_place *place, int dir,
		       const struct journal_query *query, struct error *err)
{
	int64_t since_ms = earliest_ms(query);
	auto_free char(*days)[JOURNAL_DAY_LEN] = NULL;
	uint64_t left = query->limit;
	size_t count = 0;
	int failed = 0;
	size_t i;

	if (journal_days(&days, &count, dir, err) < 0)
		return -1;
	for (i = 0; i < count && !failed; i++) {
		struct text text;

		if (is_day_before(days[i], since_ms))
			continue;
		if (map_day(&text, dir, days[i], err) < 0)
			return -1;
		set_place(place, days[i], &text);
		failed = read_text(&text, &left, query, since_ms, err);
		unmap(&text);
	}
	return failed;
}

/* The line that ends before end (not counting its break); *end is where it begins. */
static struct str_view line_before(size_t *end, const struct text *text)
{
	size_t stop = *end - (text->data[*end - 1] == '\n');
	const char *before = stop ? memrchr(text->data, '\n', stop) : NULL;
	size_t start = before ? (size_t)(before - text->data) + 1 : 0;

	*end = start;
	return (struct str_view){ text->data + start, stop - start };
}

/* The latest first. */
static void collect_last(struct buf *out, uint64_t *left, const struct text *text,
			 const struct journal_query *query)
{
	size_t end = text->len;

	while (*left && end > 0) {
		struct str_view line = line_before(&end, text);

		if (!journal_matches(query, line))
			continue;
		buf_add(out, line.data, line.len);
		buf_add_char(out, '\n');
		(*left)--;
	}
}

static int hand_reversed(const struct buf *lines, const struct journal_query *query,
			 struct error *err)
{
	const struct text text = { lines->data, lines->len };
	size_t end = text.len;

	while (end > 0) {
		if (query->each(query->context, line_before(&end, &text), err) < 0)
			return -1;
	}
	return 0;
}

int journal_read_last(struct journal_place *place, int dir,
		      const struct journal_query *query, struct error *err)
{
	int64_t since_ms = earliest_ms(query);
	char(*days)[JOURNAL_DAY_LEN] = NULL;
	auto_buf struct buf lines = BUF_EMPTY;
	uint64_t left = query->limit;
	int failed = 0;
	size_t i = 0;

	if (journal_days(&days, &i, dir, err) < 0)
		return -1;
	while (!failed && i-- > 0 && left && !is_day_before(days[i], since_ms)) {
		struct text text = { NULL, 0 };

		failed = map_day(&text, dir, days[i], err);
		if (!failed && !place->day[0])
			set_place(place, days[i], &text);
		collect_last(&lines, &left, &text, query);
		unmap(&text);
	}
	free(days);
	return failed ? failed : hand_reversed(&lines, query, err);
}
