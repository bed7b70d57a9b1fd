#include "lib/filter.h"

#include <jq.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/error.h"
#include "lib/json.h"
#include "lib/str.h"

struct complaints {
	const struct filter_program *program;
	struct error *err;
	bool told;
};

static void tell(struct complaints *complaints, const struct filter_fault *fault)
{
	const struct filter_program *program = complaints->program;
	const char *file = fault->file ? fault->file : program->name;

	if (program->fault)
		program->fault(program->context, fault);
	if (complaints->told)
		return;
	complaints->told = true;
	if (fault->line)
		(void)error_set(complaints->err, ERROR_CONFIG, "%s:%u: %s", file,
				fault->line, fault->what);
	else
		(void)error_set(complaints->err, ERROR_CONFIG, "%s: %s", file,
				fault->what);
}

/* libjq says "jq: error: WHAT at FILE, line N:" and the source's lines; FILE is
 * <top-level> for the program itself. */
static void explain(struct complaints *complaints, const char *text)
{
	auto_buf struct buf what = BUF_EMPTY;
	auto_buf struct buf file = BUF_EMPTY;
	struct filter_fault fault = { NULL, 0, NULL };
	const char *line = strstr(text, ", line ");
	const char *end = text + strcspn(text, "\n");
	const char *hint = strstr(text, " (Unix shell quoting issues?)");
	const char *at = line;

	while (at && at > text && !str_starts(at, " at "))
		at--;
	if (line && at > text) {
		buf_add(&file, at + strlen(" at "), (size_t)(line - at) - strlen(" at "));
		fault.line = (unsigned)str_leading_u64(line + strlen(", line "));
		end = at;
	}
	if (hint && hint < end)
		end = hint;
	buf_add(&what, text, (size_t)(end - text));
	fault.what = buf_str(&what);
	if (file.len && file.data[0] != '<')
		fault.file = buf_str(&file);
	tell(complaints, &fault);
}

/* After the complaints comes a count of them. */
static void take_complaint(void *context, jv message)
{
	static const char prefix[] = "jq: error: ";
	struct complaints *complaints = context;

	if (jv_get_kind(message) == JV_KIND_STRING &&
	    str_starts(jv_string_value(message), prefix))
		explain(complaints, jv_string_value(message) + strlen(prefix));
	jv_free(message);
}

/* libjq 1.6 calls whatever happens to be there when none was set. */
static void on_no_memory(void *context)
{
	(void)context;
	_exit(EX_OSERR);
}

static jv folders(const char *const *library)
{
	jv list = jv_array();

	for (; library && *library; library++)
		list = jv_array_append(list, jv_string(*library));
	return list;
}

int filter_compile(struct filter *filter, const struct filter_program *program,
		   struct error *err)
{
	auto_filter struct filter made = FILTER_NONE;
	struct complaints complaints = { program, err, false };
	jq_state *jq = jq_init();
	int good;

	if (!jq)
		return error_set(err, ERROR_SYSTEM, "start libjq");
	made.state = jq;
	jq_set_nomem_handler(jq, on_no_memory, NULL);
	jq_set_error_cb(jq, take_complaint, &complaints);
	jq_set_attr(jq, jv_string("JQ_ORIGIN"), jv_string("/"));
	jq_set_attr(jq, jv_string("JQ_LIBRARY_PATH"), folders(program->library));
	jq_set_attr(jq, jv_string("PROGRAM_ORIGIN"), jv_string("/"));
	good = jq_compile(jq, program->text);
	jq_set_error_cb(jq, NULL, NULL);
	if (!good && !complaints.told)
		(void)error_set(err, ERROR_CONFIG, "%s: it does not compile",
				program->name);
	if (!good)
		return -1;
	*filter = made;
	made.state = NULL;
	return 0;
}

void filter_free(struct filter *filter)
{
	jq_state *jq = filter->state;

	if (jq)
		jq_teardown(&jq);
	filter->state = NULL;
}

void filter_set_input(struct filter *filter, filter_input *next, void *context)
{
	jq_set_input_cb(filter->state, next, context);
}

static int take_end(jv end, struct error *err)
{
	auto_jv jv message = jv_invalid();
	auto_jv jv text = jv_invalid();

	if (!jv_invalid_has_msg(jv_copy(end))) {
		jv_free(end);
		return 0;
	}
	message = jv_invalid_get_msg(end);
	text = jv_get_kind(message) == JV_KIND_STRING
		       ? jv_copy(message)
		       : jv_dump_string(jv_copy(message), 0);
	return error_set(err, ERROR_DATA, "%s", jv_string_value(text));
}

int filter_run(struct filter *filter, jv input,
	       int (*each)(void *context, jv output, struct error *err), void *context,
	       struct error *err)
{
	jq_state *jq = filter->state;

	jq_start(jq, jv_copy(input), 0);
	for (;;) {
		auto_jv jv output = jq_next(jq);

		if (!jv_is_valid(output)) {
			jv end = output;

			output = jv_invalid();
			return take_end(end, err);
		}
		if (each(context, output, err) < 0)
			return -1;
	}
}
