#include "bin/runjob-timeline/chart.h"

#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "bin/runjob-timeline/bars.h"
#include "bin/runjob-timeline/course.h"
#include "bin/runjob-timeline/scale.h"
#include "lib/buf.h"
#include "lib/date.h"
#include "lib/str.h"

enum { LABEL_MOST = 32, STATE_WIDTH = 9, TIME_WIDTH = 6, TICK_WIDTH = 9, WIDEST = 512 };

/* What a column of the time line shows; what comes later hides what came before. */
enum mark { MARK_NONE, MARK_WAITS, MARK_RAN_BADLY, MARK_RAN, MARKS };

static const char *const marks_ascii[MARKS] = { " ", ".", "x", "#" };
static const char *const marks_utf8[MARKS] = { " ", "\u2591", "\u2592", "\u2588" };

struct columns {
	unsigned label;
	unsigned tries; /* 0: nobody was tried twice */
	struct scale scale;
};

struct chart chart_here(void)
{
	struct chart chart = { CHART_WIDTH, false };
	struct winsize size = { 0 };

	if (setlocale(LC_CTYPE, ""))
		chart.utf8 = str_equal(nl_langinfo(CODESET), "UTF-8");
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
		chart.width = size.ws_col;
	if (chart.width < CHART_LEAST)
		chart.width = CHART_LEAST;
	if (chart.width > WIDEST)
		chart.width = WIDEST;
	return chart;
}

void chart_text(struct buf *out, const struct chart *chart, const char *text,
		unsigned columns)
{
	size_t left = strlen(text);
	mbstate_t state = { 0 };

	while (left > 0 && columns > 0) {
		wchar_t character = 0;
		size_t len = mbrtowc(&character, text, left, &state);
		int width = len > MB_LEN_MAX ? -1 : wcwidth(character);
		bool shown = width > 0 && (chart->utf8 || (unsigned char)*text < 0x80);

		if (shown && (unsigned)width > columns)
			return;
		if (len > MB_LEN_MAX) {
			memset(&state, 0, sizeof(state));
			len = 1;
		}
		if (shown)
			buf_add(out, text, len);
		else if (width != 0)
			buf_add_char(out, '?');
		columns -= shown ? (unsigned)width : width != 0;
		text += len;
		left -= len;
	}
}

static unsigned most(unsigned a, size_t b)
{
	return a > b ? a : (unsigned)b;
}

static struct columns arrange(const struct chart *chart, const struct course *course,
			      const struct bars *bars)
{
	struct columns columns = { 4, 0, { course->from_ms, 1, 0 } };
	/* LABEL STATE line WAITED RAN TRIES */
	unsigned other = 1 + STATE_WIDTH + 2 + 2 + TIME_WIDTH + 1 + TIME_WIDTH;
	size_t i;

	for (i = 0; i < bars->count; i++) {
		columns.label = most(columns.label, strlen(bars->items[i].label));
		if (bars->items[i].count > 1)
			columns.tries = 6;
	}
	if (columns.label > LABEL_MOST)
		columns.label = LABEL_MOST;
	if (columns.label > chart->width / 4)
		columns.label = chart->width / 4;
	other += columns.label + columns.tries;
	columns.scale.width = chart->width > other + 1 ? chart->width - other : 1;
	if (course->till_ms > course->from_ms)
		columns.scale.length_ms = course->till_ms - course->from_ms;
	return columns;
}

static void add_times(struct buf *out, int64_t length_ms)
{
	char text[SCALE_TEXT];

	scale_text(text, length_ms);
	buf_add_format(out, " %*s", TIME_WIDTH, text);
}

static void put_tick(char *line, unsigned width, unsigned column, int64_t at)
{
	char tick[SCALE_TEXT];
	size_t i;

	scale_tick(tick, at);
	for (i = 0; tick[i] && column + strlen(tick) <= width; i++)
		line[column + i] = tick[i];
}

static void add_head(struct buf *out, const struct columns *columns, const char *what)
{
	char line[WIDEST + SCALE_TEXT];
	unsigned ticks = columns->scale.width / TICK_WIDTH;
	int64_t step = scale_step_ms(&columns->scale, ticks ? ticks : 1);
	int64_t at;

	memset(line, ' ', sizeof(line));
	for (at = 0; at <= columns->scale.length_ms; at += step) {
		unsigned column = scale_at(&columns->scale, columns->scale.from_ms + at);
		put_tick(line, columns->scale.width, column, at);
	}
	buf_add_format(out, "%-*s %-*s  %.*s  %*s %*s%s\n", (int)columns->label, what,
		       STATE_WIDTH, "STATE", (int)columns->scale.width, line, TIME_WIDTH,
		       "WAITED", TIME_WIDTH, "RAN", columns->tries ? " TRIES" : "");
}

static void put_marks(unsigned char *line, const struct scale *scale,
		      const int64_t times[2], enum mark mark)
{
	unsigned from = scale_at(scale, times[0]);
	unsigned till = scale_at(scale, times[1]);
	unsigned i;

	/* However short it was, it is there. */
	if (from == scale->width)
		from--;
	for (i = from; i == from || i < till; i++) {
		if (line[i] < mark)
			line[i] = (unsigned char)mark;
	}
}

static void add_line(struct buf *out, const struct chart *chart,
		     const struct course *course, const struct scale *scale,
		     const struct bar *bar)
{
	const char *const *marks = chart->utf8 ? marks_utf8 : marks_ascii;
	unsigned char line[WIDEST] = { MARK_NONE };
	unsigned i;

	for (i = 0; i < bar->count; i++) {
		const struct try *try = &bar->tries[i];
		int64_t end = course_end_of(course, try);
		int64_t begin = try->started_ms ? try->started_ms : end;

		if (try->queued_ms && begin > try->queued_ms)
			put_marks(line, scale, (int64_t[2]){ try->queued_ms, begin },
				  MARK_WAITS);
		if (try->started_ms)
			put_marks(line, scale, (int64_t[2]){ begin, end },
				  bar_is_bad(try) ? MARK_RAN_BADLY : MARK_RAN);
	}
	for (i = 0; i < scale->width; i++)
		buf_add_str(out, marks[line[i]]);
}

static void add_bar(struct buf *out, const struct chart *chart,
		    const struct course *course, const struct columns *columns,
		    const struct bar *bar)
{
	buf_add_format(out, "%-*.*s %-*s  ", (int)columns->label, (int)columns->label,
		       bar->label, STATE_WIDTH, bar->state);
	add_line(out, chart, course, &columns->scale, bar);
	buf_add_char(out, ' ');
	if (bar->count) {
		add_times(out, course_waited_ms(course, bar->tries, bar->count));
		add_times(out, course_ran_ms(course, bar->tries, bar->count));
	} else {
		buf_add_format(out, " %*s %*s", TIME_WIDTH, "-", TIME_WIDTH, "-");
	}
	if (columns->tries)
		buf_add_format(out, " %5zu", bar->count);
	buf_add_char(out, '\n');
}

static void add_title(struct buf *out, const struct chart *chart,
		      const struct course *course)
{
	auto_buf struct buf rest = BUF_EMPTY;
	char since[DATE_LEN];
	char length[SCALE_TEXT];

	date_format(since, course->from_ms);
	since[19] = '\0';
	since[10] = ' ';
	scale_text(length, course->till_ms - course->from_ms);
	buf_add_format(&rest, "  %s %s %s, asked for %s UTC\n", course->rows[0].state,
		       course->is_over ? "after" : "for", length, since);
	chart_text(out, chart, course->rows[0].name,
		   chart->width > rest.len ? chart->width - (unsigned)rest.len + 1 : 1);
	buf_add_str(out, buf_str(&rest));
}

void chart_dump(struct buf *out, const struct chart *chart, const struct course *course)
{
	const char *const *marks = chart->utf8 ? marks_utf8 : marks_ascii;
	auto_bars struct bars bars = BARS_EMPTY;
	struct columns columns;
	size_t i;

	bars_make(&bars, course);
	columns = arrange(chart, course, &bars);
	add_title(out, chart, course);
	add_head(out, &columns, bars.what);
	for (i = 0; i < bars.count; i++)
		add_bar(out, chart, course, &columns, &bars.items[i]);
	buf_add_format(out, "%s waits  %s runs  %s ended badly\n", marks[MARK_WAITS],
		       marks[MARK_RAN], marks[MARK_RAN_BADLY]);
}
