#include "bin/runjob-shim/secret.h"

#include <string.h>

#include "bin/runjob-shim/environment.h"
#include "bin/runjob-shim/run_token.h"
#include "lib/buf.h"
#include "lib/error.h"
#include "lib/job_plan.h"
#include "lib/process.h"
#include "lib/str.h"

enum { SECRET_LIMIT = 1024 * 1024, SECRET_TIMEOUT_MS = 60000 };

/* `tokenmint get OWNER/REPO` for "token:OWNER/REPO", else `tokenmint vault get NAME` in the
 * name of those for whom the job runs. */
static int ask(struct buf *value, const char *name, const struct job_texts *readers,
	       struct error *err)
{
	static const char token[] = "token:";
	bool is_token = str_starts(name, token);
	const char *target = is_token ? name + strlen(token) : name;
	const char *mint[] = { "tokenmint", "get", target, "--min-ttl", "25m", NULL };
	struct job_texts vault = { NULL, 0 };
	int failed;
	struct process_call call = { .limit = SECRET_LIMIT,
				     .timeout_ms = SECRET_TIMEOUT_MS };

	job_texts_add(&vault, "tokenmint");
	job_texts_add(&vault, "vault");
	job_texts_add(&vault, "get");
	for (size_t i = 0; i < readers->count; i++) {
		job_texts_add(&vault, "--for");
		job_texts_add(&vault, readers->items[i]);
	}
	job_texts_add(&vault, target);
	call.argv = is_token ? mint : (const char *const *)vault.items;
	failed = process_capture(value, &call, err);
	environment_wipe(&vault);
	return failed;
}

int secret_read(struct buf *value, const char *name, const struct job *job,
		const struct job_texts *readers, struct error *err)
{
	int failed = run_token_is_named(name)
			     ? run_token_issue(value, name, job, readers, err)
			     : ask(value, name, readers, err);

	if (failed)
		return error_wrap(err, "secret '%s'", name);
	/* The line's end is the printer's, not the secret's. */
	if (value->len && value->data[value->len - 1] == '\n')
		buf_cut(value, value->len - 1);
	return 0;
}
