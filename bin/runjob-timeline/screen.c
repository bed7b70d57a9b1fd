#include "bin/runjob-timeline/screen.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "bin/runjob-timeline/chart.h"
#include "bin/runjob-timeline/course.h"
#include "bin/runjob-timeline/scale.h"
#include "bin/runjob-timeline/tail.h"
#include "lib/buf.h"
#include "lib/str.h"

enum { HEIGHT = 24, NAME_MOST = 24, STATE_WIDTH = 9 };

bool screen_is_here(void)
{
	const char *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && term && *term && !str_equal(term, "dumb");
}

void screen_clear(struct buf *out, struct screen *screen)
{
	/* To the first of the lines, and away with all that is below. */
	if (screen->lines)
		buf_add_format(out, "\033[%uF\033[J", screen->lines);
	screen->lines = 0;
}

static unsigned height(void)
{
	struct winsize size = { 0 };

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_row < 4)
		return HEIGHT;
	/* The cursor is below them. */
	return size.ws_row - 1U;
}

static bool is_on(const struct course_row *row)
{
	return str_equal(row->state, job_state_name(JOB_RUNNING));
}

/* What is left out first when there is no room. */
static bool is_quiet(const struct course_row *row)
{
	return str_equal(row->state, "ok") || str_equal(row->state, "waiting") ||
	       str_equal(row->state, "skipped");
}

struct room {
	bool all;	/* the quiet ones, too */
	unsigned lines; /* of all */
	unsigned tail;	/* of the log of each that runs */
};

static struct room make_room(const struct course *course, size_t first)
{
	struct room room = { true, height(), TAIL_LINES };
	unsigned rows = 1;
	unsigned quiet = 0;
	unsigned on = 0;

	for (size_t i = first; i < course->count; i++) {
		rows++;
		quiet += is_quiet(&course->rows[i]);
		on += is_on(&course->rows[i]);
	}
	if (rows > room.lines) {
		room.all = false;
		rows -= quiet;
	}
	if (on && rows + on * room.tail > room.lines)
		room.tail = rows < room.lines ? (room.lines - rows) / on : 0;
	return room;
}

static void add_row(struct buf *out, const struct chart *chart,
		    const struct course *course, const struct course_row *row)
{
	auto_buf struct buf name = BUF_EMPTY;
	char ran[SCALE_TEXT] = "";
	auto_buf struct buf line = BUF_EMPTY;

	chart_text(&name, chart, row->name, NAME_MOST);
	if (row->tries.count)
		scale_text(ran,
			   course_ran_ms(course, row->tries.items, row->tries.count));
	buf_add_format(&line, "%-*s %-*s %6s", NAME_MOST, buf_str(&name), STATE_WIDTH,
		       row->state, ran);
	if (row->tries.count > 1)
		buf_add_format(&line, "  try %zu", row->tries.count);
	if (row->reason)
		buf_add_format(&line, "  %s", row->reason);
	chart_text(out, chart, buf_str(&line), chart->width);
	buf_add_char(out, '\n');
}

static void add_title(struct buf *out, const struct chart *chart,
		      const struct course *course)
{
	auto_buf struct buf line = BUF_EMPTY;
	char length[SCALE_TEXT];
	size_t over = 0;

	scale_text(length, course->till_ms - course->from_ms);
	for (size_t i = 1; i < course->count; i++) {
		enum job_state state = JOB_SKIPPED;

		/* Those without a job that do not wait. */
		if (job_state_find(&state, course->rows[i].state) &&
		    job_state_is_final(state))
			over++;
	}
	buf_add_format(&line, "%s  %s for %s", course->rows[0].name,
		       course->rows[0].state, length);
	if (course->count > 1)
		buf_add_format(&line, ", %zu of %zu tasks are over", over,
			       course->count - 1);
	chart_text(out, chart, buf_str(&line), chart->width);
	buf_add_char(out, '\n');
}

void screen_dump(struct buf *out, struct screen *screen, const struct chart *chart,
		 const struct course *course, const struct layout *layout)
{
	/* A job has no tasks but itself. */
	size_t first = course->count > 1 ? 1 : 0;
	struct room room = make_room(course, first);

	screen_clear(out, screen);
	add_title(out, chart, course);
	screen->lines = 1;
	for (size_t i = first; i < course->count && screen->lines < room.lines; i++) {
		const struct course_row *row = &course->rows[i];

		if (!room.all && is_quiet(row))
			continue;
		add_row(out, chart, course, row);
		screen->lines++;
		if (is_on(row))
			screen->lines +=
				tail_dump(out, chart, layout, row->id, room.tail);
	}
}
