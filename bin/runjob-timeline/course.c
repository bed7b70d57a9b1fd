#include "bin/runjob-timeline/course.h"

#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job.h"
#include "lib/job_plan.h"
#include "lib/layout.h"
#include "lib/pipeline.h"

enum {
	SPEC_LIMIT = 64 * 1024 * 1024,
	LOG_LIMIT = 16 * 1024 * 1024,
	TASK_BASE = 0x1000 /* as runjob-pipeline derives ids */
};

/* The task that "task: rest" is about; *line becomes the rest. */
static bool find_task(size_t *index, struct str_view *line,
		      const struct pipeline *pipeline)
{
	size_t i;

	for (i = 0; i < pipeline->count; i++) {
		size_t len = strlen(pipeline->tasks[i].id);

		if (line->len > len + 2 &&
		    memcmp(line->data, pipeline->tasks[i].id, len) == 0 &&
		    memcmp(line->data + len, ": ", 2) == 0) {
			*index = i;
			line->data += len + 2;
			line->len -= len + 2;
			return true;
		}
	}
	return false;
}

static bool find_state(enum pipeline_state *state, struct str_view text)
{
	const char *end = memchr(text.data, ' ', text.len);
	unsigned i;

	if (end)
		text.len = (size_t)(end - text.data);
	for (i = PIPELINE_WAITING; i <= PIPELINE_SKIPPED; i++) {
		if (str_view_equal(text, pipeline_state_name((enum pipeline_state)i))) {
			*state = (enum pipeline_state)i;
			return true;
		}
	}
	return false;
}

void course_take_log(struct pipeline *pipeline, char **messages, struct str_view log)
{
	while (log.len > 0) {
		const char *end = memchr(log.data, '\n', log.len);
		struct str_view line = { log.data,
					 end ? (size_t)(end - log.data) : log.len };
		size_t step = line.len + (end != NULL);
		size_t index = 0;

		log.data += step;
		log.len -= step;
		if (!find_task(&index, &line, pipeline) ||
		    find_state(&pipeline->tasks[index].state, line))
			continue;
		free(messages[index]);
		messages[index] = str_format("%.*s", (int)line.len, line.data);
	}
}

static int add_job(struct course_row *row, const struct job *job,
		   const struct job_status *status, struct error *err)
{
	memcpy(row->id, job->id, sizeof(row->id));
	row->state = job_state_name(status->state);
	if (status->reason[0]) {
		free(row->reason);
		row->reason = str_dup(status->reason);
	}
	return tries_read(&row->tries, job, status, err);
}

/* Without a job it waits, was skipped, or could not be started. */
static int add_task(struct course_row *row, const struct layout *layout,
		    const struct job *run, uint32_t index, struct error *err)
{
	auto_job struct job job = JOB_NONE;
	struct job_status status = { 0 };
	struct layout theirs = *layout;
	char id[UUID_LEN];
	bool found = false;

	theirs.owner = run->owner;
	uuid_derive(id, run->id, TASK_BASE + index);
	if (job_open(&job, &found, &theirs, id, err) < 0 ||
	    (found && job_status_now(&status, &found, &job, err) < 0))
		return -1;
	return found ? add_job(row, &job, &status, err) : 0;
}

static int add_tasks(struct course *course, const struct layout *layout,
		     const struct job *run, struct pipeline *pipeline, struct error *err)
{
	char *messages[PIPELINE_TASKS_MAX] = { NULL };
	auto_buf struct buf log = BUF_EMPTY;
	bool found = false;
	uint32_t i;

	if (file_read_if(&log, &found, run->fd, "log", LOG_LIMIT, err) < 0)
		return -1;
	course_take_log(pipeline, messages, (struct str_view){ buf_str(&log), log.len });
	for (i = 0; i < pipeline->count; i++) {
		struct course_row *row = &course->rows[course->count++];
		enum pipeline_state state = pipeline->tasks[i].state;

		/* The log of a run that nobody ended may not say it. */
		if (course->is_over && state == PIPELINE_WAITING)
			state = PIPELINE_SKIPPED;
		*row = (struct course_row){ .kind = COURSE_TASK,
					    .name = str_dup(pipeline->tasks[i].id),
					    .state = pipeline_state_name(state),
					    .reason = messages[i] };
	}
	for (i = 0; i < pipeline->count; i++) {
		if (add_task(&course->rows[i + 1], layout, run, i, err) < 0)
			return -1;
	}
	return 0;
}

static int read_pipeline(struct pipeline *pipeline, const struct job *job,
			 const struct job_plan *plan, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;

	if (!str_ends(plan->exec.items[0], "/runjob-pipeline"))
		return 0;
	if (file_read(&text, job->fd, "stdin", SPEC_LIMIT, err) < 0)
		return -1;
	return pipeline_parse(pipeline, (struct str_view){ buf_str(&text), text.len },
			      err);
}

static void measure(struct course *course)
{
	size_t i;
	size_t j;

	course->till_ms = course->is_over ? course->status.finished_ms : 0;
	if (!course->till_ms)
		course->till_ms = date_now_ms();
	for (i = 0; course->is_over && i < course->count; i++) {
		const struct tries *tries = &course->rows[i].tries;

		for (j = 0; j < tries->count; j++) {
			if (tries->items[j].ended_ms > course->till_ms)
				course->till_ms = tries->items[j].ended_ms;
		}
	}
	/* The clock may have been set back meanwhile. */
	if (course->till_ms < course->from_ms)
		course->till_ms = course->from_ms;
}

static int read_all(struct course *course, const struct layout *layout,
		    const struct job *job, struct error *err)
{
	auto_pipeline struct pipeline pipeline = PIPELINE_EMPTY;
	auto_job_plan struct job_plan plan = JOB_PLAN_EMPTY;
	struct course_row *first;
	bool found = false;

	if (job_status_now(&course->status, &found, job, err) < 0 ||
	    job_plan_read(&plan, job, err) < 0 ||
	    read_pipeline(&pipeline, job, &plan, err) < 0)
		return -1;
	if (!found)
		return error_set(err, ERROR_ABSENT, "job '%s' has no status", job->id);
	course->is_over = job_state_is_final(course->status.state);
	course->from_ms = course->status.created_ms;
	course->rows = calloc(pipeline.count + 1, sizeof(*course->rows));
	if (!course->rows)
		return error_errno(err, "read job '%s'", job->id);
	first = &course->rows[course->count++];
	first->kind = pipeline.count ? COURSE_RUN : COURSE_JOB;
	first->name = str_dup(plan.name ? plan.name : "-");
	if (add_job(first, job, &course->status, err) < 0 ||
	    (pipeline.count && add_tasks(course, layout, job, &pipeline, err) < 0))
		return -1;
	measure(course);
	return 0;
}

int course_read(struct course *course, const struct layout *layout, const struct job *job,
		struct error *err)
{
	struct course fresh = COURSE_EMPTY;

	if (read_all(&fresh, layout, job, err) < 0) {
		course_free(&fresh);
		return -1;
	}
	*course = fresh;
	return 0;
}

void course_free(struct course *course)
{
	size_t i;

	for (i = 0; i < course->count; i++) {
		free(course->rows[i].name);
		free(course->rows[i].reason);
		tries_free(&course->rows[i].tries);
	}
	free(course->rows);
	*course = (struct course)COURSE_EMPTY;
}

int64_t course_end_of(const struct course *course, const struct try *try)
{
	return try->ended_ms ? try->ended_ms : course->till_ms;
}

int64_t course_waited_ms(const struct course *course, const struct try *tries,
			 size_t count)
{
	int64_t waited = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		int64_t till = tries[i].started_ms ? tries[i].started_ms
						   : course_end_of(course, &tries[i]);

		if (tries[i].queued_ms && till > tries[i].queued_ms)
			waited += till - tries[i].queued_ms;
	}
	return waited;
}

int64_t course_ran_ms(const struct course *course, const struct try *tries, size_t count)
{
	int64_t ran = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		int64_t till = course_end_of(course, &tries[i]);

		if (tries[i].started_ms && till > tries[i].started_ms)
			ran += till - tries[i].started_ms;
	}
	return ran;
}
