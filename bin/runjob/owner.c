#include "bin/runjob/owner.h"

#include <unistd.h>

#include "bin/runjob/commands.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/path.h"
#include "lib/process.h"
#include "lib/str.h"

enum { OUTPUT_LIMIT = 4096, TIMEOUT_MS = 60000 };

static int ask(struct buf *hash, const struct context *context, struct error *err)
{
	auto_free char *program = path_join(context->layout.libexec, "runjob-certs");
	const char *argv[] = { program, "hash", "--", context->options.owner, NULL };
	const struct process_call call = { .argv = argv,
					   .limit = OUTPUT_LIMIT,
					   .timeout_ms = TIMEOUT_MS };

	if (process_capture(hash, &call, err) < 0)
		return -1;
	/* The line's end. */
	if (hash->len)
		buf_cut(hash, hash->len - 1);
	return 0;
}

int owner_choose(struct context *context, struct error *err)
{
	const char *text = context->options.owner;
	auto_buf struct buf hash = BUF_EMPTY;

	if (!text)
		return 0;
	if (!job_owner_parse(context->owner, text)) {
		if (access(text, F_OK) < 0)
			return error_set(err, ERROR_USAGE,
					 "--owner '%s' is no SHA-256 fingerprint, and no "
					 "file",
					 text);
		if (ask(&hash, context, err) < 0)
			return error_wrap(err, "--owner '%s'", text);
		if (!job_owner_parse(context->owner, buf_str(&hash)))
			return error_set(err, ERROR_BUG, "runjob-certs says '%s'",
					 buf_str(&hash));
	}
	context->layout.owner = context->owner;
	context->options.plan.owner = str_dup(context->owner);
	return 0;
}
