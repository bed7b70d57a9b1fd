#ifndef BIN_RUNJOB_TIMELINE_BARS_H
#define BIN_RUNJOB_TIMELINE_BARS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct course;
struct try;

/* A line of a chart: a task with all its tries, or one try of a job. */
struct bar {
	char label[40];
	const char *state;
	const struct try *tries; /* the course's */
	size_t count;
};

struct bars {
	struct bar *items;
	size_t count;
	const char *what; /* "TASK" or "TRY" */
};

#define BARS_EMPTY                                                                       \
	{                                                                                \
		NULL, 0, NULL                                                            \
	}
#define auto_bars __attribute__((cleanup(bars_free)))

/* They live no longer than the course. */
void bars_make(struct bars *bars, const struct course *course);
void bars_free(struct bars *bars);

/* Has it ended otherwise than well? */
bool bar_is_bad(const struct try *try);

#endif
