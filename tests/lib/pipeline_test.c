#include "lib/pipeline.h"

#include "lib/buf.h"
#include "lib/error.h"
#include "tests/lib/check.h"

static int parse(struct pipeline *pipeline, const char *text, struct error *err)
{
	struct str_view view = { text, strlen(text) };

	return pipeline_parse(pipeline, view, err);
}

static void good(struct pipeline *pipeline, const char *text)
{
	struct error err = { 0 };

	if (parse(pipeline, text, &err) < 0) {
		fprintf(stderr, "%s\n", err.message);
		exit(1);
	}
}

static void bad(const char *text, const char *message)
{
	auto_pipeline struct pipeline pipeline = PIPELINE_EMPTY;
	struct error err = { 0 };

	CHECK(parse(&pipeline, text, &err) == -1 && err.kind == ERROR_DATA);
	CHECK_STR(err.message, message);
	CHECK(!pipeline.tasks);
}

#define TASK(id, needs) "{\"id\":\"" id "\",\"exec\":[\"true\"],\"needs\":{" needs "}}"

static void what_is_wrong_is_named(void)
{
	bad("[]", "the pipeline is no object");
	bad("{\"tasks\":[]}", "'pipeline' is missing");
	bad("{\"pipeline\":\"x\"}", "'tasks' wants 1 to 200 tasks");
	bad("{\"pipeline\":\"x\",\"tasks\":[1]}", "'tasks' has an element that is none");
	bad("{\"pipeline\":\"x\",\"frob\":1}", "'frob' is no key of a pipeline");
	bad("{\"pipeline\":\"x\",\"tasks\":[{\"id\":\"a\"}]}",
	    "task 'a': 'exec' is missing");
	bad("{\"pipeline\":\"x\",\"tasks\":[" TASK("a", "") "," TASK("a", "") "]}",
	    "task 'a' is there twice");
	bad("{\"pipeline\":\"x\",\"tasks\":[" TASK("a", "\"b\":\"any\"") "]}",
	    "task 'a': 'needs': no task 'b'");
	bad("{\"pipeline\":\"x\",\"tasks\":[" TASK("a", "") "," TASK(
		    "b", "\"a\":\"maybe\"") "]}",
	    "task 'b': 'needs': 'a' wants success, failure or any");
	bad("{\"pipeline\":\"x\",\"tasks\":[" TASK("z", "") "," TASK(
		    "a", "\"b\":\"any\"") "," TASK("b", "\"a\":\"any\"") "]}",
	    "task 'a' needs itself");
}

static void edges_start_and_skip(void)
{
	auto_pipeline struct pipeline pipeline = PIPELINE_EMPTY;
	size_t i = 99;

	good(&pipeline,
	     "{\"pipeline\":\"x\",\"tasks\":[" TASK("build", "") "," TASK(
		     "ship",
		     "\"build\":\"success\"") "," TASK("alarm",
						       "\"build\":\"fail"
						       "ure\"") "," TASK("tidy",
									 "\"ship\":"
									 "\"any\"") "]}");
	CHECK(pipeline_next(&i, &pipeline) && i == 0);
	pipeline.tasks[0].state = PIPELINE_RUNNING;
	CHECK(!pipeline_next(&i, &pipeline) && !pipeline_is_over(&pipeline));
	pipeline.tasks[0].state = PIPELINE_FAILED;
	CHECK(pipeline_next(&i, &pipeline) && i == 2);
	CHECK(pipeline.tasks[1].state == PIPELINE_SKIPPED);
	pipeline.tasks[2].state = PIPELINE_OK;
	CHECK(pipeline_next(&i, &pipeline) && i == 3);
	pipeline.tasks[3].state = PIPELINE_OK;
	CHECK(!pipeline_next(&i, &pipeline) && pipeline_is_over(&pipeline));
}

static void a_task_becomes_a_job(void)
{
	auto_pipeline struct pipeline pipeline = PIPELINE_EMPTY;
	auto_buf struct buf line = BUF_EMPTY;

	good(&pipeline, "{\"pipeline\":\"x\",\"repository\":\"acme/site\",\"tasks\":["
			"{\"id\":\"a\",\"exec\":[\"true\"],\"needs\":{}}]}");
	pipeline_task_line(&line, &pipeline.tasks[0], "ID", "RUN");
	/* Members of objects have no order. */
	CHECK(strncmp(buf_str(&line), "{\"id\":\"ID\",\"run\":\"RUN\",", 23) == 0);
	CHECK(strstr(buf_str(&line), "\"exec\":[\"true\"]"));
	CHECK(strstr(buf_str(&line), "\"name\":\"x/a\""));
	CHECK(strstr(buf_str(&line), "\"repository\":\"acme/site\""));
	CHECK(!strstr(buf_str(&line), "needs"));
}

static const struct check_case cases[] = {
	{ "what_is_wrong_is_named", what_is_wrong_is_named },
	{ "edges_start_and_skip", edges_start_and_skip },
	{ "a_task_becomes_a_job", a_task_becomes_a_job },
};

CHECK_MAIN(cases)
