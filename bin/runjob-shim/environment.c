#include "bin/runjob-shim/environment.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bin/runjob-shim/secret.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/jail.h"
#include "lib/job.h"
#include "lib/job_plan.h"
#include "lib/process.h"
#include "lib/str.h"

static void wipe_text(char *text)
{
	explicit_bzero(text, strlen(text));
	free(text);
}

void environment_put(struct job_texts *environment, const char *pair)
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
	environment_put(environment, buf_str(&pair));
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
	if (secret_read(&value, name, job, readers, err) < 0)
		return -1;
	if (strlen(buf_str(&value)) != value.len)
		return error_set(err, ERROR_DATA,
				 "secret '%s': a value with a NUL byte fits no variable",
				 name);
	put_value(environment, variable, buf_str(&value));
	return 0;
}

/* /tmp is another in a sandbox, and in a strict one root is nobody. */
static void adapt(struct job_texts *environment, const struct jail *jail)
{
	if (jail->level == JAIL_NONE)
		return;
	if (getenv("TMPDIR"))
		environment_put(environment, "TMPDIR=/tmp");
	if (jail->level != JAIL_STRICT || geteuid() != 0 || jail->maps_users)
		return;
	environment_put(environment, "HOME=/tmp");
	environment_put(environment, "USER=nobody");
	environment_put(environment, "LOGNAME=nobody");
}

/* A task is called "pipeline/task". */
static void put_run(struct job_texts *environment, const struct job_plan *plan)
{
	auto_free char *pipeline = str_dup(plan->run && plan->name ? plan->name : "");

	put_value(environment, "HOOKTOOLS_RUN_ID", plan->run);
	pipeline[strcspn(pipeline, "/")] = '\0';
	put_value(environment, "HOOKTOOLS_PIPELINE", *pipeline ? pipeline : NULL);
}

int environment_make(struct job_texts *environment, const struct job *job,
		     const struct job_plan *plan, const struct jail *jail,
		     struct error *err)
{
	size_t i;

	for (i = 0; i < plan->base.count; i++)
		environment_put(environment, plan->base.items[i]);
	adapt(environment, jail);
	for (i = 0; i < plan->account.count; i++)
		environment_put(environment, plan->account.items[i]);
	for (i = 0; i < plan->env.count; i++)
		environment_put(environment, plan->env.items[i]);
	for (i = 0; i < plan->secrets.count; i++) {
		if (put_secret(environment, plan->secrets.items[i], job, &plan->readers,
			       err) < 0)
			return -1;
	}
	put_value(environment, "HOOKTOOLS_JOB_ID", job->id);
	put_value(environment, "HOOKTOOLS_EVENT_ID", plan->event_id);
	put_value(environment, "HOOKTOOLS_REPOSITORY", plan->repository);
	put_run(environment, plan);
	return 0;
}

static bool is_secret(const struct job_texts *secrets, const char *pair)
{
	size_t len = strcspn(pair, "=") + 1;
	size_t i;

	for (i = 0; i < secrets->count; i++) {
		if (strncmp(secrets->items[i], pair, len) == 0)
			return true;
	}
	return false;
}

int environment_note(const struct job_texts *environment, const struct job *job,
		     const struct job_plan *plan, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;
	auto_close int fd = openat(job->fd, "environment",
				   O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	size_t i;

	if (fd < 0)
		return error_errno(err, "create '%s/environment'", job->dir);
	for (i = 0; i < environment->count; i++) {
		const char *pair = environment->items[i];

		if (!is_secret(&plan->secrets, pair) &&
		    !is_secret(&plan->secret_files, pair))
			buf_add(&text, pair, strlen(pair) + 1);
	}
	return file_write(fd, buf_str(&text), text.len, "environment", err);
}

void environment_wipe(struct job_texts *environment)
{
	size_t i;

	for (i = 0; i < environment->count; i++)
		wipe_text(environment->items[i]);
	free(environment->items);
	*environment = (struct job_texts){ NULL, 0 };
}
