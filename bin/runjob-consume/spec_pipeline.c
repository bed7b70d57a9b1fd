#include "bin/runjob-consume/spec_pipeline.h"

#include <stdlib.h>
#include <string.h>

#include "bin/runjob-consume/spec.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/json_plain.h"
#include "lib/json_scan.h"
#include "lib/json_write.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/pipeline.h"

/* Its tasks are started from its job's clean environment: what they need passes on. */
static const char *const passed_on[] = {
	"HOOKTOOLS_CGROUP",    "HOOKTOOLS_JOBS_MAX",	 "HOOKTOOLS_MAX_TIME",
	"HOOKTOOLS_SANDBOX",   "HOOKTOOLS_KEY_FILE",	 "HOOKTOOLS_LOG_MAX",
	"HOOKTOOLS_OWNER_CPU", "HOOKTOOLS_OWNER_MEMORY", "HOOKTOOLS_OWNER_PIDS",
};

bool spec_is_pipeline(struct str_view line)
{
	struct str_view name = { NULL, 0 };

	return json_plain_is_valid(line) && json_scan_member(&name, line, "pipeline");
}

static int check_tasks(const struct pipeline *pipeline, struct error *err)
{
	size_t i;

	for (i = 0; i < pipeline->count; i++) {
		const char *text = pipeline->tasks[i].spec;
		auto_spec struct spec spec = SPEC_EMPTY;

		if (spec_parse(&spec, (struct str_view){ text, strlen(text) }, err) < 0)
			return error_wrap(err, "task '%s'", pipeline->tasks[i].id);
	}
	return 0;
}

/* The members that a pipeline shares with a job go the way of a job's. */
static void write_job(struct buf *out, struct str_view line, const char *program,
		      const char *name)
{
	static const char *const shared[] = { "id",	    "event_id", "hops",
					      "repository", "report",	"timeout",
					      "owner",	    "group",	"parallel",
					      "busy",	    "version",	"chosen" };
	struct json_writer writer = JSON_WRITER(out);
	size_t i;

	json_write_object(&writer, NULL);
	json_write_string(&writer, "name", name);
	json_write_array(&writer, "exec");
	json_write_string(&writer, NULL, program);
	json_write_array_end(&writer);
	/* Time to stop the tasks, each with a grace of its own. */
	json_write_string(&writer, "grace", "2m");
	for (i = 0; i < sizeof(shared) / sizeof(shared[0]); i++) {
		struct str_view value = { NULL, 0 };

		if (json_scan_member(&value, line, shared[i]))
			json_write_raw(&writer, shared[i], value.data, value.len);
	}
	json_write_object_end(&writer);
}

static int parse(struct spec *spec, struct str_view line, const struct layout *layout,
		 struct error *err)
{
	auto_pipeline struct pipeline pipeline = PIPELINE_EMPTY;
	auto_free char *program = path_join(layout->libexec, "runjob-pipeline");
	auto_buf struct buf job = BUF_EMPTY;
	const char *owner;
	size_t i;

	if (pipeline_parse(&pipeline, line, err) < 0 || check_tasks(&pipeline, err) < 0)
		return -1;
	write_job(&job, line, program, pipeline.name);
	if (spec_parse(spec, (struct str_view){ job.data, job.len }, err) < 0)
		return -1;
	/* Its tasks are whose it is. */
	owner = spec->plan.owner ? spec->plan.owner : layout->owner;
	if (owner)
		job_texts_add(&spec->plan.exec, owner);
	/* It does nothing but wait: a slot of its own could keep its tasks from theirs. */
	spec->plan.waits = 0;
	/* It starts jobs, which is more than a job in a sandbox may. */
	spec->plan.sandbox = str_dup("none");
	spec->payload = line;
	for (i = 0; i < sizeof(passed_on) / sizeof(passed_on[0]); i++) {
		const char *value = getenv(passed_on[i]);
		auto_free char *pair =
			str_format("%s=%s", passed_on[i], value ? value : "");

		if (value)
			job_texts_add(&spec->plan.env, pair);
	}
	return 0;
}

int spec_pipeline_parse(struct spec *spec, struct str_view line,
			const struct layout *layout, struct error *err)
{
	if (parse(spec, line, layout, err) == 0)
		return 0;
	err->kind = ERROR_DATA;
	return -1;
}
