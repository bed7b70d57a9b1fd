#include "bin/runjob-registry/commands.h"

#include <string.h>
#include <unistd.h>

#include "bin/runjob-registry/registered.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_write.h"
#include "lib/pipeline_runjob.h"
#include "lib/pipeline_runs.h"
#include "lib/process.h"
#include "lib/uuid.h"

static void write_line(struct buf *line, const struct context *context, const char *id)
{
	const struct options *options = &context->options;
	struct json_writer writer = JSON_WRITER(line);

	json_write_object(&writer, NULL);
	json_write_string(&writer, "id", id);
	json_write_string(&writer, "pipeline", context->operands[0]);
	json_write_object(&writer, "parameters");
	for (size_t i = 0; i < options->parameter_count; i++) {
		const char *equals = strchr(options->parameters[i], '=');
		auto_free char *name =
			str_format("%.*s", (int)(equals - options->parameters[i]),
				   options->parameters[i]);

		json_write_string(&writer, name, equals + 1);
	}
	json_write_object_end(&writer);
	json_write_object_end(&writer);
	buf_add_char(line, '\n');
}

static int start(const struct context *context, const char *id, struct error *err)
{
	auto_buf struct buf line = BUF_EMPTY;

	write_line(&line, context, id);
	return pipeline_submit(context->layout.owner,
			       (struct str_view){ line.data, line.len }, err);
}

static int say(const struct context *context, const struct registered *registered,
	       const char *id, struct error *err)
{
	struct pipeline_choice choice = { 0 };
	auto_buf struct buf out = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&out);
	bool found = false;

	if (!context->options.json) {
		buf_add_format(&out, "%s\n", id);
	} else {
		if (pipeline_run_find(&choice, &found, &registered->folder, id, err) < 0)
			return -1;
		json_write_object(&writer, NULL);
		json_write_string(&writer, "id", id);
		json_write_string(&writer, "pipeline", registered->folder.name);
		json_write_u64(&writer, "version", choice.version);
		json_write_string(&writer, "chosen", pipeline_why_name(choice.why));
		json_write_object_end(&writer);
		buf_add_char(&out, '\n');
	}
	return file_write(STDOUT_FILENO, buf_str(&out), out.len, "standard output", err);
}

/* Its course, and its end as ours. */
static int watch(const struct context *context, const char *id, struct error *err)
{
	const char *argv[PIPELINE_ARGUMENTS];

	pipeline_argv(argv, "watch", context->layout.owner, id);
	return process_become(argv, (struct str_view){ "", 0 }, err);
}

int cmd_run(struct context *context, struct error *err)
{
	auto_registered struct registered registered = REGISTERED_NONE;
	struct uuid_source source = { 0 };
	char id[UUID_LEN];

	/* What is wrong with the name is said here, in one line. */
	if (registered_open(&registered, context, PIPELINE_LOOK, true, err) < 0)
		return -1;
	uuid_next(id, &source, date_now_ms());
	if (start(context, id, err) < 0 || say(context, &registered, id, err) < 0)
		return -1;
	return context->options.watch ? watch(context, id, err) : 0;
}
