#include "bin/runjob-shim/environment.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bin/runjob-shim/run_token.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/job.h"
#include "lib/job_plan.h"
#include "lib/process.h"
#include "lib/str.h"

enum { SECRET_LIMIT = 1024 * 1024, SECRET_TIMEOUT_MS = 60000 };

/* What passes from our environment into the job's; nothing else does. */
static const char *const base[] = {
	"PATH",	  "HOME", "USER",   "LOGNAME",	       "SHELL",		 "LANG",
	"LC_ALL", "TZ",	  "TMPDIR", "HOOKTOOLS_STATE", "HOOKTOOLS_CONF", "HOOKTOOLS_RUN",
};

static void wipe_text(char *text)
{
	explicit_bzero(text, strlen(text));
	free(text);
}

/* A later "NAME=value" takes the place of an earlier one. */
static void put(struct job_texts *environment, const char *pair)
{
	size_t name_len = strcspn(pair, "=") + 1;
	size_t i;

	for (i = 0; i < environment->count; i++) {
		if (strncmp(environment->items[i], pair, name_len) == 0) {
			wipe_text(environment->items[i]);
			environment->items[i] = str_dup(pair);
			return;
		}
	}
	job_texts_add(environment, pair);
}

static void put_value(struct job_texts *environment, const char *name, const char *value)
{
	auto_secret struct buf pair = BUF_EMPTY;

	if (!value)
		return;
	buf_add_format(&pair, "%s=", name);
	buf_add_str(&pair, value);
	put(environment, buf_str(&pair));
}

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

static int read_secret(struct buf *value, const char *name, const struct job *job,
		       const struct job_texts *readers, struct error *err)
{
	int failed = run_token_is_named(name)
			     ? run_token_issue(value, name, job, readers, err)
			     : ask(value, name, readers, err);

	if (failed)
		return -1;
	/* The line's end is the printer's, not the secret's. */
	if (value->len && value->data[value->len - 1] == '\n')
		buf_cut(value, value->len - 1);
	if (strlen(buf_str(value)) != value->len)
		return error_set(err, ERROR_DATA,
				 "a value with a NUL byte fits no variable");
	return 0;
}

static int put_secret(struct job_texts *environment, const char *pair,
		      const struct job *job, const struct job_texts *readers,
		      struct error *err)
{
	auto_free char *variable = str_dup(pair);
	auto_secret struct buf value = BUF_EMPTY;
	char *name = strchr(variable, '=');

	if (!name)
		return error_set(err, ERROR_DATA, "secret '%s' names nothing", pair);
	*name++ = '\0';
	if (read_secret(&value, name, job, readers, err) < 0)
		return error_wrap(err, "secret '%s'", name);
	put_value(environment, variable, buf_str(&value));
	return 0;
}

/* What the operator says to all jobs. */
static void pass_on(struct job_texts *environment)
{
	char *const *pair;

	for (pair = environ; *pair; pair++) {
		if (str_starts(*pair, "CONFIG_"))
			put(environment, *pair);
	}
}

int environment_make(struct job_texts *environment, const struct job *job,
		     const struct job_plan *plan, struct error *err)
{
	size_t i;

	for (i = 0; i < sizeof(base) / sizeof(base[0]); i++)
		put_value(environment, base[i], getenv(base[i]));
	pass_on(environment);
	for (i = 0; i < plan->account.count; i++)
		put(environment, plan->account.items[i]);
	for (i = 0; i < plan->env.count; i++)
		put(environment, plan->env.items[i]);
	for (i = 0; i < plan->secrets.count; i++) {
		if (put_secret(environment, plan->secrets.items[i], job, &plan->readers,
			       err) < 0)
			return -1;
	}
	put_value(environment, "HOOKTOOLS_JOB_ID", job->id);
	put_value(environment, "HOOKTOOLS_EVENT_ID", plan->event_id);
	put_value(environment, "HOOKTOOLS_REPOSITORY", plan->repository);
	return 0;
}

void environment_wipe(struct job_texts *environment)
{
	size_t i;

	for (i = 0; i < environment->count; i++)
		wipe_text(environment->items[i]);
	free(environment->items);
	*environment = (struct job_texts){ NULL, 0 };
}
