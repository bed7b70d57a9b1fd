#include "lib/pipeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/json.h"
#include "lib/pipeline_task.h"

static const char *const state_names[] = { "waiting", "running", "ok", "failed",
					   "skipped" };
static const char *const edge_names[] = { "", "success", "failure", "any" };

const char *pipeline_state_name(enum pipeline_state state)
{
	return state_names[state];
}

/* 1 to 32 letters, digits, '-', '_' and '.'. */
static int take_name(char *out, size_t size, jv object, const char *key,
		     struct error *err)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
	auto_free char *text = NULL;

	if (json_get_string(&text, object, key, err) < 0)
		return -1;
	if (!text)
		return error_set(err, ERROR_DATA, "'%s' is missing", key);
	if (!*text || strlen(text) >= size || strspn(text, letters) != strlen(text))
		return error_set(err, ERROR_DATA,
				 "'%s' wants 1 to %zu letters, digits, '-', '_', '.'",
				 key, size - 1);
	snprintf(out, size, "%s", text);
	return 0;
}

static bool find_task(size_t *index, const struct pipeline *pipeline, const char *id)
{
	size_t i;

	for (i = 0; i < pipeline->count; i++) {
		if (strcmp(pipeline->tasks[i].id, id) == 0) {
			*index = i;
			return true;
		}
	}
	return false;
}

static int take_task(struct pipeline *pipeline, jv object, jv whole, struct error *err)
{
	struct pipeline_task *task = &pipeline->tasks[pipeline->count];
	auto_jv jv exec = json_get(object, "exec");
	size_t other = 0;

	if (jv_get_kind(object) != JV_KIND_OBJECT)
		return error_set(err, ERROR_DATA, "'tasks' has an element that is none");
	if (take_name(task->id, sizeof(task->id), object, "id", err) < 0)
		return error_wrap(err, "'tasks'");
	if (find_task(&other, pipeline, task->id))
		return error_set(err, ERROR_DATA, "task '%s' is there twice", task->id);
	if (!jv_is_valid(exec))
		return error_set(err, ERROR_DATA, "task '%s': 'exec' is missing",
				 task->id);
	/* Whoever waits for it and stops it looks for it where the pipeline is. */
	if (jv_object_has(jv_copy(object), jv_string("owner")))
		return error_set(err, ERROR_DATA, "task '%s': 'owner' is its pipeline's",
				 task->id);
	task->spec = pipeline_task_spec(object, whole, pipeline->name, task->id);
	pipeline->count++;
	return 0;
}

static int take_need(struct pipeline *pipeline, struct pipeline_task *task, jv needs,
		     const char *id, struct error *err)
{
	auto_free char *edge = NULL;
	size_t other = 0;
	unsigned i;

	if (!find_task(&other, pipeline, id))
		return error_set(err, ERROR_DATA, "no task '%.40s'", id);
	if (json_get_string(&edge, needs, id, err) < 0)
		return -1;
	for (i = PIPELINE_SUCCESS; i <= PIPELINE_ANY; i++) {
		if (str_equal(edge, edge_names[i]))
			task->needs[other] = (unsigned char)i;
	}
	if (!task->needs[other])
		return error_set(err, ERROR_DATA, "'%s' wants success, failure or any",
				 id);
	return 0;
}

static int take_needs(struct pipeline *pipeline, struct pipeline_task *task, jv object,
		      struct error *err)
{
	auto_jv jv needs = json_get(object, "needs");
	auto_jv jv keys = json_keys(needs);
	size_t i;

	if (jv_is_valid(needs) && jv_get_kind(needs) != JV_KIND_OBJECT)
		return error_set(err, ERROR_DATA,
				 "task '%s': 'needs' is no object like "
				 "{\"TASK\":\"success\"}",
				 task->id);
	for (i = 0; i < json_length(keys); i++) {
		auto_free char *id = NULL;

		if (json_element(&id, keys, i, "needs", err) < 0 ||
		    take_need(pipeline, task, needs, id, err) < 0)
			return error_wrap(err, "task '%s': 'needs'", task->id);
	}
	return 0;
}

/* Take away, again and again, the tasks that need none of those left. */
static int refuse_circles(const struct pipeline *pipeline, struct error *err)
{
	bool done[PIPELINE_TASKS_MAX] = { false };
	size_t left = pipeline->count;
	size_t before;
	size_t i;
	size_t j;

	do {
		before = left;
		for (i = 0; i < pipeline->count; i++) {
			bool ready = !done[i];

			for (j = 0; j < pipeline->count; j++)
				ready = ready &&
					(!pipeline->tasks[i].needs[j] || done[j]);
			done[i] = done[i] || ready;
			left -= ready;
		}
	} while (left && left < before);
	for (i = 0; left && i < pipeline->count; i++) {
		if (!done[i])
			return error_set(err, ERROR_DATA, "task '%s' needs itself",
					 pipeline->tasks[i].id);
	}
	return 0;
}

static int check_keys(jv whole, struct error *err)
{
	static const char known[] =
		" pipeline tasks id event_id repository report timeout for hops owner "
		"group parallel busy dir user umask sandbox limits env parameters "
		"version chosen ";
	auto_jv jv keys = json_keys(whole);
	size_t i;

	for (i = 0; i < json_length(keys); i++) {
		auto_free char *key = NULL;
		auto_free char *word = NULL;

		if (json_element(&key, keys, i, "a key", err) < 0)
			return -1;
		word = str_format(" %s ", key);
		if (!strstr(known, word))
			return error_set(err, ERROR_DATA,
					 "'%.40s' is no key of a pipeline", key);
	}
	return 0;
}

static int take_tasks(struct pipeline *pipeline, jv whole, struct error *err)
{
	auto_jv jv tasks = json_get(whole, "tasks");
	size_t count = json_length(tasks);
	struct buf room = BUF_EMPTY;
	size_t i;

	if (jv_get_kind(tasks) != JV_KIND_ARRAY || !count || count > PIPELINE_TASKS_MAX)
		return error_set(err, ERROR_DATA, "'tasks' wants 1 to %d tasks",
				 PIPELINE_TASKS_MAX);
	memset(buf_room(&room, count * sizeof(*pipeline->tasks)), 0,
	       count * sizeof(*pipeline->tasks));
	pipeline->tasks = (struct pipeline_task *)(void *)buf_take(&room);
	for (i = 0; i < count; i++) {
		auto_jv jv task = jv_array_get(jv_copy(tasks), (int)i);

		if (take_task(pipeline, task, whole, err) < 0)
			return -1;
	}
	for (i = 0; i < count; i++) {
		auto_jv jv task = jv_array_get(jv_copy(tasks), (int)i);

		if (take_needs(pipeline, &pipeline->tasks[i], task, err) < 0)
			return -1;
	}
	return refuse_circles(pipeline, err);
}

int pipeline_parse(struct pipeline *pipeline, struct str_view text, struct error *err)
{
	auto_pipeline struct pipeline parsed = PIPELINE_EMPTY;
	auto_jv jv whole = jv_invalid();

	if (json_parse(&whole, text.data, text.len, err) < 0)
		return -1;
	if (jv_get_kind(whole) != JV_KIND_OBJECT)
		return error_set(err, ERROR_DATA, "the pipeline is no object");
	if (check_keys(whole, err) < 0 || pipeline_check_parameters(whole, err) < 0 ||
	    take_name(parsed.name, sizeof(parsed.name), whole, "pipeline", err) < 0 ||
	    take_tasks(&parsed, whole, err) < 0)
		return -1;
	*pipeline = parsed;
	parsed = (struct pipeline)PIPELINE_EMPTY;
	return 0;
}

void pipeline_free(struct pipeline *pipeline)
{
	size_t i;

	/* One that could not be taken whole may have its spec, too. */
	for (i = 0; i < pipeline->count; i++)
		free(pipeline->tasks[i].spec);
	free(pipeline->tasks);
	*pipeline = (struct pipeline)PIPELINE_EMPTY;
}

void pipeline_task_line(struct buf *out, const struct pipeline_task *task,
			const char *job_id, const char *run_id)
{
	/* The spec is an object with at least a name and "exec". */
	buf_add_format(out, "{\"id\":\"%s\",\"run\":\"%s\",%s\n", job_id, run_id,
		       task->spec + 1);
}

enum readiness { READY, NOT_YET, NEVER };

static enum readiness need(enum pipeline_state state, unsigned char edge)
{
	if (edge == PIPELINE_NO_NEED)
		return READY;
	if (state == PIPELINE_WAITING || state == PIPELINE_RUNNING)
		return NOT_YET;
	/* "any" is whatever way it ended, also not at all. */
	if (edge == PIPELINE_ANY)
		return READY;
	if (edge == PIPELINE_SUCCESS)
		return state == PIPELINE_OK ? READY : NEVER;
	return state == PIPELINE_FAILED ? READY : NEVER;
}

static enum readiness readiness_of(const struct pipeline *pipeline,
				   const struct pipeline_task *task)
{
	enum readiness worst = READY;
	size_t i;

	for (i = 0; i < pipeline->count; i++) {
		enum readiness one = need(pipeline->tasks[i].state, task->needs[i]);

		if (one > worst)
			worst = one;
	}
	return worst;
}

/* One look at all: skips those that cannot start any more; *index is one that can. */
static bool look(size_t *index, bool *skipped, struct pipeline *pipeline)
{
	size_t i;

	for (i = 0; i < pipeline->count; i++) {
		struct pipeline_task *task = &pipeline->tasks[i];
		enum readiness readiness = readiness_of(pipeline, task);

		if (task->state != PIPELINE_WAITING || readiness == NOT_YET)
			continue;
		if (readiness == READY) {
			*index = i;
			return true;
		}
		task->state = PIPELINE_SKIPPED;
		*skipped = true;
	}
	return false;
}

bool pipeline_next(size_t *index, struct pipeline *pipeline)
{
	bool skipped;

	/* What was skipped may let others start, or skip them, too. */
	do {
		skipped = false;
		if (look(index, &skipped, pipeline))
			return true;
	} while (skipped);
	return false;
}

bool pipeline_is_over(const struct pipeline *pipeline)
{
	size_t i;

	for (i = 0; i < pipeline->count; i++) {
		if (pipeline->tasks[i].state == PIPELINE_WAITING ||
		    pipeline->tasks[i].state == PIPELINE_RUNNING)
			return false;
	}
	return true;
}
