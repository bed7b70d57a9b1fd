#ifndef LIB_PIPELINE_H
#define LIB_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/str.h"

struct buf;
struct error;

/*
 * A pipeline of jobspec(5): tasks, each a job, and what each needs of others.  A task starts
 * when all it needs has come true, and is skipped once one of them cannot come true any more.
 * This is the core: it knows no process and no file.
 */
#define PIPELINE_TASKS_MAX 200

enum pipeline_state {
	PIPELINE_WAITING,
	PIPELINE_RUNNING,
	PIPELINE_OK,
	PIPELINE_FAILED,
	PIPELINE_SKIPPED,
};

enum pipeline_edge { PIPELINE_NO_NEED, PIPELINE_SUCCESS, PIPELINE_FAILURE, PIPELINE_ANY };

struct pipeline_task {
	char id[33];
	char *spec; /* the job, a JSON object without its id */
	enum pipeline_state state;
	unsigned char needs[PIPELINE_TASKS_MAX]; /* an edge for each task */
};

struct pipeline {
	char name[33];
	struct pipeline_task *tasks;
	size_t count;
};

#define PIPELINE_EMPTY                                                                   \
	{                                                                                \
		"", NULL, 0                                                              \
	}
#define auto_pipeline __attribute__((cleanup(pipeline_free)))

/* All that is wrong, a circle too, is ERROR_DATA that names the key or the task.  What a job
 * needs to be right is not looked at. */
int pipeline_parse(struct pipeline *pipeline, struct str_view text, struct error *err);
void pipeline_free(struct pipeline *pipeline);

/* The job line of a task: its spec, the id its job gets, and that of its run. */
void pipeline_task_line(struct buf *out, const struct pipeline_task *task,
			const char *job_id, const char *run_id);

/* Skip what cannot start any more, and find a task that can; false when none can now. */
bool pipeline_next(size_t *index, struct pipeline *pipeline);

/* Has each task come to an end? */
bool pipeline_is_over(const struct pipeline *pipeline);
const char *pipeline_state_name(enum pipeline_state state);

#endif
