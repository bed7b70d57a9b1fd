#include "bin/runjob-shim/run_token.h"

#include <string.h>

#include "lib/buf.h"
#include "lib/error.h"
#include "lib/job.h"
#include "lib/job_plan.h"
#include "lib/process.h"
#include "lib/str.h"

#define PREFIX "run-token:"

enum { OUTPUT_LIMIT = 4096, TIMEOUT_MS = 60000 };

bool run_token_is_named(const char *secret)
{
	return str_starts(secret, PREFIX);
}

int run_token_issue(struct buf *value, const char *secret, const struct job *job,
		    const struct job_texts *readers, struct error *err)
{
	const char *argv[] = { "tokenmint",
			       "run-token",
			       "issue",
			       "--run",
			       job->id,
			       "--role",
			       secret + strlen(PREFIX),
			       NULL };
	const struct process_call call = { .argv = argv,
					   .limit = OUTPUT_LIMIT,
					   .timeout_ms = TIMEOUT_MS };

	if (readers->count > 0 && str_equal(secret, PREFIX "admin"))
		return error_set(err, ERROR_DENIED,
				 "a job that runs in somebody's name is no admin");
	return process_capture(value, &call, err);
}

/* The value of "NAME=secret". */
static bool wants_token(const char *pair)
{
	const char *sign = strchr(pair, '=');

	return sign && run_token_is_named(sign + 1);
}

void run_token_end(const struct job_plan *plan, const struct job *job)
{
	const char *argv[] = {
		"tokenmint", "run-token", "revoke", "--run", job->id, NULL
	};
	const struct process_call call = { .argv = argv,
					   .limit = OUTPUT_LIMIT,
					   .timeout_ms = TIMEOUT_MS };
	auto_buf struct buf nothing = BUF_EMPTY;
	struct error ignored = { 0 };
	bool is_wanted = false;

	for (size_t i = 0; i < plan->secrets.count; i++)
		is_wanted = is_wanted || wants_token(plan->secrets.items[i]);
	for (size_t i = 0; i < plan->secret_files.count; i++)
		is_wanted = is_wanted || wants_token(plan->secret_files.items[i]);
	if (is_wanted)
		(void)process_capture(&nothing, &call, &ignored); /* see the header */
}
