#include "bin/runjob-timeline/svg.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "bin/runjob-timeline/bars.h"
#include "bin/runjob-timeline/course.h"
#include "bin/runjob-timeline/scale.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/str.h"
#include "lib/utf8.h"

/* In dots. */
enum {
	WIDTH = 1000,
	LEFT = 270,
	RIGHT = 200,
	TOP = 96,
	ROW = 26,
	BAR = 16,
	TICKS = 8,
	LEAST = 2 /* however short it was */
};

static const char style[] =
	"<style>\n"
	"svg{--paper:#fff;--ink:#1f2328;--grey:#59636e;--line:#d1d9e0;--wait:#c8d1da;"
	"--run:#1a7f37;--bad:#cf222e;background:var(--paper)}\n"
	"@media (prefers-color-scheme:dark){svg{--paper:#0d1117;--ink:#e6edf3;"
	"--grey:#9198a1;--line:#30363d;--wait:#484f58;--run:#3fb950;--bad:#f85149}}\n"
	"text{font:13px system-ui,sans-serif;fill:var(--ink)}\n"
	".grey{fill:var(--grey)}.line{stroke:var(--line)}.waits{fill:var(--wait)}\n"
	".runs{fill:var(--run)}.bad{fill:var(--bad)}.hatch{stroke:var(--paper);"
	"stroke-width:2}.title{font-size:16px;font-weight:600}\n"
	"</style>\n"
	"<defs><pattern id=\"bad\" width=\"6\" height=\"6\" "
	"patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
	"<rect class=\"bad\" width=\"6\" height=\"6\"/>"
	"<line class=\"hatch\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"6\"/></pattern></defs>\n";

/* A character that XML may have as it is; its length, or 0. */
static size_t plain_len(const char *text)
{
	const unsigned char *bytes = (const unsigned char *)text;
	size_t len = utf8_len(bytes, strlen(text));

	if (len == 1 && (*bytes < 0x20 || *bytes == 0x7f))
		return 0;
	/* U+FFFE and U+FFFF are no characters, and U+0080 to U+009F control some. */
	if (len == 3 && bytes[0] == 0xef && bytes[1] == 0xbf && bytes[2] >= 0xbe)
		return 0;
	return len == 2 && bytes[0] == 0xc2 && bytes[1] < 0xa0 ? 0 : len;
}

/* Text for people. */
static void add_text(struct buf *out, const char *text)
{
	while (*text) {
		size_t len = plain_len(text);

		if (*text == '&')
			buf_add_str(out, "&amp;");
		else if (*text == '<')
			buf_add_str(out, "&lt;");
		else if (*text == '>')
			buf_add_str(out, "&gt;");
		else if (*text == '"')
			buf_add_str(out, "&quot;");
		else if (len)
			buf_add(out, text, len);
		else
			buf_add_str(out, "\ufffd");
		text += len ? len : 1;
	}
}

static void add_label(struct buf *out, const char *class, unsigned x, size_t y,
		      const char *text)
{
	buf_add_format(out, "<text class=\"%s\" x=\"%u\" y=\"%zu\">", class, x, y);
	add_text(out, text);
	buf_add_str(out, "</text>\n");
}

static void add_axis(struct buf *out, const struct scale *scale, size_t rows)
{
	int64_t step = scale_step_ms(scale, TICKS);
	int64_t at;

	for (at = 0; at <= scale->length_ms; at += step) {
		unsigned x = LEFT + scale_at(scale, scale->from_ms + at);
		char tick[SCALE_TEXT];

		scale_tick(tick, at);
		buf_add_format(out,
			       "<line class=\"line\" x1=\"%u\" y1=\"%d\" x2=\"%u\" "
			       "y2=\"%zu\"/>\n",
			       x, TOP - 8, x, TOP + rows * ROW);
		add_label(out, "grey", x, TOP - 12, tick);
	}
}

static void add_times(struct buf *out, const struct scale *scale, const int64_t times[2])
{
	char from[SCALE_TEXT];
	char length[SCALE_TEXT];

	scale_text(from, times[0] > scale->from_ms ? times[0] - scale->from_ms : 0);
	scale_text(length, times[1] > times[0] ? times[1] - times[0] : 0);
	buf_add_format(out, "%s from %s on", length, from);
}

struct piece {
	const char *label;
	const char *what;  /* "waits", or the state */
	const char *style; /* attributes */
	size_t y;
	int64_t times[2];
};

static void add_piece(struct buf *out, const struct scale *scale,
		      const struct piece *piece)
{
	unsigned from = scale_at(scale, piece->times[0]);
	unsigned till = scale_at(scale, piece->times[1]);

	if (till < from + LEAST)
		till = from + LEAST;
	buf_add_format(out,
		       "<rect %s x=\"%u\" y=\"%zu\" width=\"%u\" height=\"%d\"><title>",
		       piece->style, LEFT + from, piece->y, till - from, BAR);
	add_text(out, piece->label);
	buf_add_format(out, ": %s, ", piece->what);
	add_times(out, scale, piece->times);
	buf_add_str(out, "</title></rect>\n");
}

static void add_tries(struct buf *out, const struct course *course,
		      const struct scale *scale, const struct bar *bar, size_t y)
{
	size_t i;

	for (i = 0; i < bar->count; i++) {
		const struct try *try = &bar->tries[i];
		int64_t end = course_end_of(course, try);
		int64_t begin = try->started_ms ? try->started_ms : end;
		struct piece piece = { .label = bar->label, .y = y };

		if (try->queued_ms && begin > try->queued_ms) {
			piece.what = "waits";
			piece.style = "class=\"waits\"";
			piece.times[0] = try->queued_ms;
			piece.times[1] = begin;
			add_piece(out, scale, &piece);
		}
		if (!try->started_ms)
			continue;
		piece.what = job_state_name(try->state);
		piece.style = bar_is_bad(try) ? "fill=\"url(#bad)\"" : "class=\"runs\"";
		piece.times[0] = begin;
		piece.times[1] = end;
		add_piece(out, scale, &piece);
	}
}

static void add_bar(struct buf *out, const struct course *course,
		    const struct scale *scale, const struct bar *bar, size_t y)
{
	auto_buf struct buf note = BUF_EMPTY;
	char ran[SCALE_TEXT];

	buf_add_str(out, "<g>\n");
	add_label(out, "name", 12, y + BAR - 3, bar->label);
	add_tries(out, course, scale, bar, y);
	buf_add_str(&note, bar->state);
	if (bar->count && bar->tries[0].started_ms) {
		scale_text(ran, course_ran_ms(course, bar->tries, bar->count));
		buf_add_format(&note, " %s", ran);
	}
	if (bar->count > 1)
		buf_add_format(&note, ", %zu tries", bar->count);
	add_label(out, "name", WIDTH - RIGHT + 12, y + BAR - 3, buf_str(&note));
	buf_add_str(out, "</g>\n");
}

static void add_desc(struct buf *out, const struct course *course,
		     const struct bars *bars)
{
	char since[DATE_LEN];
	char length[SCALE_TEXT];
	size_t i;

	date_format(since, course->from_ms);
	scale_text(length, course->till_ms - course->from_ms);
	buf_add_format(out, "%s %s %s, asked for %s.", course->rows[0].state,
		       course->is_over ? "after" : "for", length, since);
	for (i = 0; i < bars->count; i++) {
		const struct bar *bar = &bars->items[i];

		scale_text(length, course_ran_ms(course, bar->tries, bar->count));
		buf_add_str(out, bars->what[2] == 'Y' ? " Try " : " ");
		add_text(out, bar->label);
		buf_add_format(out, ": %s, ran %s.", bar->state, length);
	}
}

static void add_head(struct buf *out, const struct course *course,
		     const struct bars *bars)
{
	size_t height = TOP + bars->count * ROW + 36;

	buf_add_format(out,
		       "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %zu\" "
		       "width=\"%d\" height=\"%zu\" role=\"img\" "
		       "aria-labelledby=\"title desc\">\n<title id=\"title\">",
		       WIDTH, height, WIDTH, height);
	add_text(out, course->rows[0].name);
	buf_add_str(out, "</title>\n<desc id=\"desc\">");
	add_desc(out, course, bars);
	buf_add_str(out, "</desc>\n");
	buf_add_str(out, style);
}

static void add_heading(struct buf *out, const struct course *course)
{
	auto_free char *how = NULL;
	char since[DATE_LEN];
	char length[SCALE_TEXT];

	date_format(since, course->from_ms);
	scale_text(length, course->till_ms - course->from_ms);
	how = str_format("%s %s %s, asked for %s", course->rows[0].state,
			 course->is_over ? "after" : "for", length, since);
	add_label(out, "title", 12, 28, course->rows[0].name);
	add_label(out, "grey", 12, 50, how);
}

/* What the colours mean, beside the words. */
static void add_legend(struct buf *out, size_t y)
{
	static const char *const styles[] = { "class=\"waits\"", "class=\"runs\"",
					      "fill=\"url(#bad)\"" };
	static const char *const words[] = { "waits", "runs", "ended badly" };
	unsigned i;

	for (i = 0; i < 3; i++) {
		unsigned x = LEFT + i * 110;

		buf_add_format(out,
			       "<rect %s x=\"%u\" y=\"%zu\" width=\"%d\" "
			       "height=\"%d\"/>\n",
			       styles[i], x, y, BAR, BAR);
		add_label(out, "grey", x + BAR + 8, y + BAR - 3, words[i]);
	}
}

void svg_dump(struct buf *out, const struct course *course)
{
	struct scale scale = { course->from_ms, course->till_ms - course->from_ms,
			       WIDTH - LEFT - RIGHT };
	auto_bars struct bars bars = BARS_EMPTY;
	size_t i;

	if (scale.length_ms < 1)
		scale.length_ms = 1;
	bars_make(&bars, course);
	add_head(out, course, &bars);
	add_heading(out, course);
	add_axis(out, &scale, bars.count);
	for (i = 0; i < bars.count; i++)
		add_bar(out, course, &scale, &bars.items[i], TOP + i * ROW + 5);
	add_legend(out, TOP + bars.count * ROW + 10);
	buf_add_str(out, "</svg>\n");
}
