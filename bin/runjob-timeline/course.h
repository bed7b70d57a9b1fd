#ifndef BIN_RUNJOB_TIMELINE_COURSE_H
#define BIN_RUNJOB_TIMELINE_COURSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bin/runjob-timeline/tries.h"
#include "lib/str.h"
#include "lib/uuid.h"

struct error;
struct job;
struct layout;
struct pipeline;

/*
 * The course of a job, or of a pipeline's run: what is in the folders of its jobs at one moment.
 * The first row is the job itself, the others are the tasks.
 */
enum course_kind { COURSE_JOB, COURSE_RUN, COURSE_TASK };

struct course_row {
	enum course_kind kind;
	char *name;
	char id[UUID_LEN];  /* of its job; "" when there is none (yet) */
	const char *state;  /* that of the job, or "waiting" or "skipped" */
	char *reason;	    /* NULL: none */
	struct tries tries; /* none without a job */
};

struct course {
	struct course_row *rows;
	size_t count;
	int64_t from_ms; /* when the first of it was asked for */
	int64_t till_ms; /* its end, or now */
	bool is_over;
	struct job_status status; /* of the job itself */
};

#define COURSE_EMPTY                                                                     \
	{                                                                                \
		.rows = NULL                                                             \
	}
#define auto_course __attribute__((cleanup(course_free)))

int course_read(struct course *course, const struct layout *layout, const struct job *job,
		struct error *err);
void course_free(struct course *course);

/* Until when it ran: now if it still does. */
int64_t course_end_of(const struct course *course, const struct try *try);

/* How long all of these tries waited, and ran. */
int64_t course_waited_ms(const struct course *course, const struct try *tries,
			 size_t count);
int64_t course_ran_ms(const struct course *course, const struct try *tries, size_t count);

/* What the log of a run tells of tasks, line by line: "task: state job", or why one could not be
 * started.  messages has a place for each task, NULL at first; they are the caller's. */
void course_take_log(struct pipeline *pipeline, char **messages, struct str_view log);

#endif
