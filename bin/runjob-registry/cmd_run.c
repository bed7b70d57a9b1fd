#include "bin/runjob-registry/commands.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bin/runjob-registry/registered.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json.h"
#include "lib/json_write.h"
#include "lib/pipeline_runs.h"
#include "lib/process.h"
#include "lib/uuid.h"

enum { REPLY_LIMIT = 65536, START_MS = 60000, ARGUMENTS = 6 };

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

static int check_reply(const struct buf *reply, struct error *err)
{
	auto_jv jv value = jv_invalid();
	auto_jv jv error = jv_invalid();
	auto_free char *message = NULL;
	auto_free char *kind = NULL;
	bool ok = false;

	if (json_parse(&value, reply->data, reply->len, err) < 0 ||
	    json_get_bool(&ok, value, "ok", err) < 0)
		return -1;
	if (ok)
		return 0;
	error = json_get(value, "error");
	if (json_get_string(&message, error, "message", err) < 0 ||
	    json_get_string(&kind, error, "kind", err) < 0)
		return -1;
	return error_set(err, str_equal(kind, "temporary") ? ERROR_TEMPORARY : ERROR_DATA,
			 "%s", message ? message : "refused");
}

/* runjob about a run of this owner. */
static void make_argv(const char *argv[static ARGUMENTS], const struct context *context,
		      const char *command, const char *operand)
{
	size_t count = 0;

	argv[count++] = "runjob";
	argv[count++] = command;
	if (context->layout.owner) {
		argv[count++] = "--owner";
		argv[count++] = context->layout.owner;
	}
	argv[count++] = operand;
	argv[count] = NULL;
}

static int start(const struct context *context, const char *id, struct error *err)
{
	const char *argv[ARGUMENTS];
	auto_buf struct buf line = BUF_EMPTY;
	auto_buf struct buf reply = BUF_EMPTY;
	struct process_call call = { .argv = argv,
				     .limit = REPLY_LIMIT,
				     .timeout_ms = START_MS };

	make_argv(argv, context, "start", "-");
	write_line(&line, context, id);
	call.input = (struct str_view){ line.data, line.len };
	if (process_capture(&reply, &call, err) < 0)
		return -1;
	return check_reply(&reply, err);
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
	const char *argv[ARGUMENTS];

	make_argv(argv, context, "watch", id);
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
