#include "bin/runjob-timeline/course.h"

#include <string.h>

#include "bin/runjob-timeline/chart.h"
#include "bin/runjob-timeline/report.h"
#include "bin/runjob-timeline/svg.h"
#include "bin/runjob-timeline/tail.h"
#include "lib/buf.h"
#include "lib/error.h"
#include "lib/json_plain.h"
#include "lib/pipeline.h"
#include "tests/fuzz/fuzz.h"

/* The log of a run tells the state of tasks that there are, and of no others. */
static void tell(struct str_view log)
{
	struct pipeline_task tasks[2] = { { .id = "a" }, { .id = "a.b" } };
	struct pipeline pipeline = { "demo", tasks, 2 };
	char *messages[2] = { NULL, NULL };
	size_t i;

	course_take_log(&pipeline, messages, log);
	for (i = 0; i < 2; i++) {
		FUZZ_PROMISE(tasks[i].state <= PIPELINE_SKIPPED);
		free(messages[i]);
	}
}

static void draw(struct course *course)
{
	const struct chart chart = { CHART_LEAST, true };
	auto_buf struct buf text = BUF_EMPTY;
	auto_buf struct buf drawn = BUF_EMPTY;
	auto_buf struct buf line = BUF_EMPTY;

	chart_dump(&text, &chart, course);
	FUZZ_PROMISE(text.len > 0 && text.data[text.len - 1] == '\n');
	svg_dump(&drawn, course);
	FUZZ_PROMISE(str_ends(buf_str(&drawn), "</svg>\n"));
	report_row(&line, course, &course->rows[0]);
	FUZZ_PROMISE(line.data[line.len - 1] == '\n');
	FUZZ_PROMISE(json_plain_is_valid((struct str_view){ line.data, line.len - 1 }));
}

/* What a job wrote moves no cursor. */
static void clean(struct str_view line)
{
	auto_buf struct buf out = BUF_EMPTY;

	tail_clean(&out, line);
	FUZZ_PROMISE(!strpbrk(buf_str(&out), "\033\r\t") &&
		     strlen(buf_str(&out)) == out.len);
}

/* Whatever the file "attempts" and a name hold, there is something to show of it. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_forgive bool forgiven = fuzz_forgive(bytes, size);
	auto_free char *text = fuzz_text(bytes, size);
	struct course_row row = { .kind = COURSE_JOB, .name = text, .state = "ok" };
	struct course course = { .rows = &row, .count = 1, .is_over = true };
	size_t i;

	tell((struct str_view){ text, size });
	clean((struct str_view){ text, size });
	tries_parse(&row.tries, (struct str_view){ text, size });
	for (i = 0; i < row.tries.count; i++) {
		FUZZ_PROMISE(row.tries.items[i].number > 0);
		if (row.tries.items[i].ended_ms > course.till_ms)
			course.till_ms = row.tries.items[i].ended_ms;
	}
	if (row.tries.count)
		draw(&course);
	tries_free(&row.tries);
	return 0;
}
