#include "bin/runjob-timeline/changes.h"

#include <stdlib.h>

#include "bin/runjob-timeline/chart.h"
#include "bin/runjob-timeline/course.h"
#include "bin/runjob-timeline/report.h"
#include "bin/runjob-timeline/tail.h"
#include "lib/buf.h"
#include "lib/date.h"

enum { NAME_MOST = 60, REASON_MOST = 300 };

static void tell(struct buf *out, const struct course_row *row,
		 const struct changes_how *how)
{
	const struct try *last =
		row->tries.count ? &row->tries.items[row->tries.count - 1] : NULL;
	char now[DATE_LEN];

	date_format(now, date_now_ms());
	/* 23:45:10 */
	buf_add_format(out, "%.8s ", now + 11);
	chart_text(out, how->chart, row->name, NAME_MOST);
	buf_add_format(out, ": %s", row->state);
	if (last && last->number > 1)
		buf_add_format(out, ", try %llu", (unsigned long long)last->number);
	if (row->reason) {
		buf_add_str(out, ": ");
		chart_text(out, how->chart, row->reason, REASON_MOST);
	}
	buf_add_char(out, '\n');
	/* A run's own log is its course, which is told already. */
	if (last && last->state > JOB_OK && row->kind != COURSE_RUN)
		(void)tail_dump(out, how->chart, how->layout, row->id, TAIL_LINES);
}

static void make_room(struct changes *changes, size_t count)
{
	if (changes->count == count)
		return;
	changes_free(changes);
	changes->told = calloc(count, sizeof(*changes->told));
	if (!changes->told)
		abort();
	changes->count = count;
}

void changes_dump(struct buf *out, struct changes *changes, const struct course *course,
		  const struct changes_how *how)
{
	make_room(changes, course->count);
	/* The run last: when its end is told, so are those of its tasks. */
	for (size_t i = 1; i <= course->count; i++) {
		const struct course_row *row = &course->rows[i % course->count];
		struct told *told = &changes->told[i % course->count];
		uint64_t tries = row->tries.count;

		if (told->state == row->state && told->tries == tries)
			continue;
		*told = (struct told){ row->state, tries };
		if (how->json)
			report_row(out, course, row);
		else
			tell(out, row, how);
	}
}

void changes_free(struct changes *changes)
{
	free(changes->told);
	*changes = (struct changes)CHANGES_EMPTY;
}
