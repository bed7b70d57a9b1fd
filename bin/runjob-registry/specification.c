#include "bin/runjob-registry/specification.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bin/runjob-registry/registered.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/process.h"

enum { SPEC_LIMIT = 64 * 1024 * 1024, CHECK_MS = 60000, REPLY_LIMIT = 4096 };

static int refuse_keys_of_runs(jv whole, struct error *err)
{
	static const char *const own[] = { "id",     "event_id", "repository", "hops",
					   "report", "owner",	 "version",    "chosen" };

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		if (jv_object_has(jv_copy(whole), jv_string(own[i])))
			return error_set(err, ERROR_DATA,
					 "'%s' belongs to a run, and not to a pipeline",
					 own[i]);
	}
	return 0;
}

static int read_name(struct specification *specification, jv whole, struct error *err)
{
	struct pipeline_name name = { "", 0 };
	auto_free char *text = NULL;

	if (json_get_string(&text, whole, "pipeline", err) < 0)
		return -1;
	if (!text)
		return error_set(err, ERROR_DATA, "'pipeline' is missing");
	if (strchr(text, '@'))
		return error_set(err, ERROR_DATA,
				 "'pipeline' names a version; that is counted for you");
	if (pipeline_name_parse(&name, text, err) < 0)
		return error_wrap(err, "'pipeline'");
	snprintf(specification->name, sizeof(specification->name), "%s", name.name);
	return 0;
}

/* A parameter that wants a value has one when it is run. */
static jv fill_parameters(jv whole)
{
	auto_jv jv parameters = json_get(whole, "parameters");
	auto_jv jv names = json_keys(parameters);
	jv filled;

	if (jv_get_kind(parameters) != JV_KIND_OBJECT)
		return whole;
	filled = jv_copy(parameters);
	for (size_t i = 0; i < json_length(names); i++) {
		jv name = jv_array_get(jv_copy(names), (int)i);
		auto_jv jv value = json_get(parameters, jv_string_value(name));

		if (jv_get_kind(value) == JV_KIND_NULL)
			filled = jv_object_set(filled, name, jv_string(""));
		else
			jv_free(name);
	}
	return jv_object_set(whole, jv_string("parameters"), filled);
}

/* What the program that takes specifications has against it, in its words. */
static int check(jv whole, const struct layout *layout, struct error *err)
{
	static const char said[] = "': runjob: ";
	auto_free char *program = path_join(layout->libexec, "runjob-consume");
	const char *argv[] = { program, "--check", NULL };
	auto_buf struct buf text = BUF_EMPTY;
	auto_buf struct buf output = BUF_EMPTY;
	struct process_call call = { .argv = argv,
				     .limit = REPLY_LIMIT,
				     .timeout_ms = CHECK_MS };
	auto_jv jv filled = fill_parameters(jv_copy(whole));
	auto_free char *message = NULL;
	const char *behind;

	json_dump(&text, filled);
	call.input = (struct str_view){ text.data, text.len };
	if (process_capture(&output, &call, err) == 0)
		return 0;
	behind = strstr(err->message, said);
	message = behind ? str_dup(behind + strlen(said)) : NULL;
	if (message)
		snprintf(err->message, sizeof(err->message), "%s", message);
	return -1;
}

static int take(struct specification *specification, const struct buf *text,
		const struct layout *layout, struct error *err)
{
	auto_jv jv whole = jv_invalid();

	if (json_parse(&whole, text->data, text->len, err) < 0)
		return -1;
	if (jv_get_kind(whole) != JV_KIND_OBJECT)
		return error_set(err, ERROR_DATA, "it is no JSON object");
	if (refuse_keys_of_runs(whole, err) < 0 ||
	    read_name(specification, whole, err) < 0 || check(whole, layout, err) < 0)
		return -1;
	json_dump_sorted(&specification->text, whole);
	sha256_of(specification->sha256,
		  (struct str_view){ specification->text.data, specification->text.len });
	return 0;
}

int specification_read(struct specification *specification, const char *file,
		       const struct layout *layout, struct error *err)
{
	bool is_input = !file || str_equal(file, "-");
	auto_buf struct buf text = BUF_EMPTY;

	if ((is_input ? file_read_fd(&text, STDIN_FILENO, SPEC_LIMIT, err)
		      : file_read(&text, AT_FDCWD, file, SPEC_LIMIT, err)) < 0)
		return -1;
	if (take(specification, &text, layout, err) == 0)
		return 0;
	if (err->kind == ERROR_USAGE)
		err->kind = ERROR_DATA;
	return error_wrap(err, "%s", is_input ? "standard input" : file);
}

void specification_free(struct specification *specification)
{
	buf_free(&specification->text);
}
