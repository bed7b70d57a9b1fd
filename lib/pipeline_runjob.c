#include "lib/pipeline_runjob.h"

#include <stdbool.h>
#include <stddef.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/json.h"
#include "lib/process.h"

enum { REPLY_LIMIT = 65536, START_MS = 60000 };

void pipeline_argv(const char *argv[static PIPELINE_ARGUMENTS], const char *command,
		   const char *owner, const char *operand)
{
	size_t count = 0;

	argv[count++] = "runjob";
	argv[count++] = command;
	if (owner) {
		argv[count++] = "--owner";
		argv[count++] = owner;
	}
	argv[count++] = operand;
	argv[count] = NULL;
}

/* ok, or why not. */
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

int pipeline_submit(const char *owner, struct str_view line, struct error *err)
{
	const char *argv[PIPELINE_ARGUMENTS];
	const struct process_call call = {
		.argv = argv, .input = line, .limit = REPLY_LIMIT, .timeout_ms = START_MS
	};
	auto_buf struct buf reply = BUF_EMPTY;

	pipeline_argv(argv, "start", owner, "-");
	if (process_capture(&reply, &call, err) < 0)
		return -1;
	return check_reply(&reply, err);
}
