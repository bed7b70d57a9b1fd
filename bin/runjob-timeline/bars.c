#include "bin/runjob-timeline/bars.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "bin/runjob-timeline/course.h"

static struct bar *room(struct bars *bars, size_t count)
{
	bars->items = calloc(count, sizeof(*bars->items));
	if (!bars->items)
		abort();
	bars->count = count;
	return bars->items;
}

static void add_tries(struct bars *bars, const struct tries *tries)
{
	struct bar *items = room(bars, tries->count);
	size_t i;

	bars->what = "TRY";
	for (i = 0; i < tries->count; i++) {
		items[i].state = job_state_name(tries->items[i].state);
		items[i].tries = &tries->items[i];
		items[i].count = 1;
		snprintf(items[i].label, sizeof(items[i].label), "%" PRIu64,
			 tries->items[i].number);
	}
}

void bars_make(struct bars *bars, const struct course *course)
{
	struct bar *items;
	size_t i;

	if (course->rows[0].kind == COURSE_JOB) {
		add_tries(bars, &course->rows[0].tries);
		return;
	}
	bars->what = "TASK";
	items = room(bars, course->count - 1);
	for (i = 1; i < course->count; i++) {
		const struct course_row *row = &course->rows[i];
		struct bar *bar = &items[i - 1];

		bar->state = row->state;
		bar->tries = row->tries.items;
		bar->count = row->tries.count;
		snprintf(bar->label, sizeof(bar->label), "%s", row->name);
	}
}

void bars_free(struct bars *bars)
{
	free(bars->items);
	*bars = (struct bars)BARS_EMPTY;
}

bool bar_is_bad(const struct try *try)
{
	return try->state > JOB_OK;
}
