#include "lib/filter.h"

#include <inttypes.h>
#include <jq.h>
#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/error.h"
#include "lib/json.h"
#include "lib/str.h"

/* The first complaint says it; libjq adds others and a count. */
struct complaint {
	struct buf text;
};

static void take_complaint(void *context, jv message)
{
	struct complaint *complaint = context;

	if (!complaint->text.len && jv_get_kind(message) == JV_KIND_STRING)
		buf_add_str(&complaint->text, jv_string_value(message));
	jv_free(message);
}

/* libjq says "jq: error: WHAT at <top-level>, line N:" and the source's lines. */
static int explain(const struct complaint *complaint, const char *name, struct error *err)
{
	auto_buf struct buf what = BUF_EMPTY;
	const char *text = buf_str(&complaint->text);
	const char *at = strstr(text, ", line ");
	uint64_t line = at ? str_leading_u64(at + strlen(", line ")) : 0;
	const char *start =
		str_starts(text, "jq: error: ") ? text + strlen("jq: error: ") : text;
	const char *end = strstr(start, " at <");
	const char *hint = strstr(start, " (Unix shell quoting issues?)");

	if (hint && (!end || hint < end))
		end = hint;
	if (!end)
		end = start + strcspn(start, "\n");
	buf_add(&what, start, (size_t)(end - start));
	if (line)
		return error_set(err, ERROR_CONFIG, "%s:%" PRIu64 ": %s", name, line,
				 buf_str(&what));
	return error_set(err, ERROR_CONFIG, "%s: %s", name, buf_str(&what));
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
	struct complaint complaint = { BUF_EMPTY };
	jq_state *jq = jq_init();
	int good;

	if (!jq)
		return error_set(err, ERROR_SYSTEM, "start libjq");
	made.state = jq;
	jq_set_error_cb(jq, take_complaint, &complaint);
	jq_set_attr(jq, jv_string("JQ_ORIGIN"), jv_string("/"));
	jq_set_attr(jq, jv_string("JQ_LIBRARY_PATH"), folders(program->library));
	jq_set_attr(jq, jv_string("PROGRAM_ORIGIN"), jv_string("/"));
	good = jq_compile(jq, program->text);
	jq_set_error_cb(jq, NULL, NULL);
	if (!good)
		(void)explain(&complaint, program->name, err);
	buf_free(&complaint.text);
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
