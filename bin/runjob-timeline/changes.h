#ifndef BIN_RUNJOB_TIMELINE_CHANGES_H
#define BIN_RUNJOB_TIMELINE_CHANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct chart;
struct course;
struct layout;

/* What was told of the rows of a course before. */
struct changes {
	struct told {
		const char *state; /* a constant */
		uint64_t tries;
	} * told;
	size_t count;
};

#define CHANGES_EMPTY                                                                    \
	{                                                                                \
		NULL, 0                                                                  \
	}
#define auto_changes __attribute__((cleanup(changes_free)))

struct changes_how {
	const struct chart *chart;
	const struct layout *layout;
	bool json;
};

/* A line for each row that has another state, or is tried again; of one that did not end well the
 * last lines of its log, too. */
void changes_dump(struct buf *out, struct changes *changes, const struct course *course,
		  const struct changes_how *how);
void changes_free(struct changes *changes);

#endif
