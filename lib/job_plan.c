#include "lib/job_plan.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job.h"
#include "lib/str.h"

enum { PLAN_LIMIT = 64 * 1024 * 1024 };

enum field_type { FIELD_TEXT, FIELD_NUMBER, FIELD_TEXTS };

struct field {
	const char *key;
	enum field_type type;
	size_t offset;
};

#define FIELD(type, name)                                                                \
	{                                                                                \
#name, (type), offsetof(struct job_plan, name)                           \
	}

/* clang-format off */
static const struct field fields[] = {
	FIELD(FIELD_TEXT, name),
	FIELD(FIELD_TEXT, event_id),
	FIELD(FIELD_TEXT, repository),
	FIELD(FIELD_TEXT, again),
	FIELD(FIELD_TEXT, version),
	FIELD(FIELD_TEXT, chosen),
	FIELD(FIELD_TEXT, run),
	FIELD(FIELD_TEXT, owner),
	FIELD(FIELD_TEXT, report),
	FIELD(FIELD_TEXT, dir),
	FIELD(FIELD_TEXT, group),
	FIELD(FIELD_TEXT, user),
	FIELD(FIELD_NUMBER, uid),
	FIELD(FIELD_NUMBER, gid),
	FIELD(FIELD_TEXT, umask),
	FIELD(FIELD_TEXT, sandbox),
	FIELD(FIELD_NUMBER, timeout_ms),
	FIELD(FIELD_NUMBER, grace_ms),
	FIELD(FIELD_NUMBER, cpu_us),
	FIELD(FIELD_NUMBER, memory_bytes),
	FIELD(FIELD_NUMBER, pids),
	FIELD(FIELD_NUMBER, read_bps),
	FIELD(FIELD_NUMBER, write_bps),
	FIELD(FIELD_NUMBER, open_files),
	FIELD(FIELD_NUMBER, best_effort),
	FIELD(FIELD_NUMBER, log_bytes),
	FIELD(FIELD_NUMBER, log_index),
	FIELD(FIELD_NUMBER, created_ms),
	FIELD(FIELD_NUMBER, hops),
	FIELD(FIELD_NUMBER, waits),
	FIELD(FIELD_NUMBER, publishes),
	FIELD(FIELD_NUMBER, parallel),
	FIELD(FIELD_NUMBER, busy),
	FIELD(FIELD_NUMBER, retry_times),
	FIELD(FIELD_NUMBER, retry_delay_ms),
	FIELD(FIELD_NUMBER, retry_memory),
	FIELD(FIELD_NUMBER, retry_memory_max),
	FIELD(FIELD_NUMBER, order_us),
	FIELD(FIELD_TEXTS, exec),
	FIELD(FIELD_TEXTS, env),
	FIELD(FIELD_TEXTS, secrets),
	FIELD(FIELD_TEXTS, secret_files),
	FIELD(FIELD_TEXTS, writable),
	FIELD(FIELD_TEXTS, groups),
	FIELD(FIELD_TEXTS, account),
	FIELD(FIELD_TEXTS, readers),
	FIELD(FIELD_TEXTS, retry_on),
	FIELD(FIELD_TEXTS, after),
	FIELD(FIELD_TEXTS, base),
};
/* clang-format on */

enum { FIELDS = sizeof(fields) / sizeof(fields[0]) };

const char *const job_plan_base_names[] = {
	"PATH",		  "HOME",	   "USER", "LOGNAME", "SHELL",
	"LANG",		  "LC_ALL",	   "TZ",   "TMPDIR",  "HOOKTOOLS_STATE",
	"HOOKTOOLS_CONF", "HOOKTOOLS_RUN", NULL,
};

static void *place(struct job_plan *plan, const struct field *field)
{
	return (char *)plan + field->offset;
}

static const void *look(const struct job_plan *plan, const struct field *field)
{
	return (const char *)plan + field->offset;
}

void job_texts_add(struct job_texts *texts, const char *text)
{
	char *added[2] = { str_dup(text), NULL };
	struct buf grown = BUF_EMPTY;

	buf_add(&grown, texts->items, texts->count * sizeof(*texts->items));
	buf_add(&grown, added, sizeof(added));
	free(texts->items);
	texts->items = (char **)(void *)buf_take(&grown);
	texts->count++;
}

void job_texts_free(struct job_texts *texts)
{
	size_t i;

	for (i = 0; i < texts->count; i++)
		free(texts->items[i]);
	free(texts->items);
	*texts = (struct job_texts){ NULL, 0 };
}

void job_plan_take_base(struct job_plan *plan)
{
	size_t i;

	for (i = 0; job_plan_base_names[i]; i++) {
		const char *value = getenv(job_plan_base_names[i]);
		auto_free char *pair =
			str_format("%s=%s", job_plan_base_names[i], value ? value : "");

		if (value)
			job_texts_add(&plan->base, pair);
	}
	for (i = 0; environ[i]; i++) {
		if (str_starts(environ[i], "CONFIG_"))
			job_texts_add(&plan->base, environ[i]);
	}
}

static void dump_text(struct buf *out, const char *key, const char *text)
{
	buf_add(out, key, strlen(key) + 1);
	buf_add(out, text, strlen(text) + 1);
}

static void dump_field(struct buf *out, const struct field *field, const void *value)
{
	const struct job_texts *texts = value;
	char *const *text = value;
	const uint64_t *number = value;
	char digits[24];
	size_t i;

	if (field->type == FIELD_TEXT && *text)
		dump_text(out, field->key, *text);
	if (field->type == FIELD_NUMBER) {
		snprintf(digits, sizeof(digits), "%llu", (unsigned long long)*number);
		dump_text(out, field->key, digits);
	}
	if (field->type == FIELD_TEXTS) {
		for (i = 0; i < texts->count; i++)
			dump_text(out, field->key, texts->items[i]);
	}
}

void job_plan_dump(struct buf *out, const struct job_plan *plan)
{
	size_t i;

	for (i = 0; i < FIELDS; i++)
		dump_field(out, &fields[i], look(plan, &fields[i]));
}

static int take_field(struct job_plan *plan, const char *key, const char *value,
		      struct error *err)
{
	const struct field *field = NULL;
	size_t i;

	for (i = 0; i < FIELDS; i++) {
		if (strcmp(fields[i].key, key) == 0)
			field = &fields[i];
	}
	if (!field)
		return error_set(err, ERROR_DATA, "unknown field '%s'", key);
	if (field->type == FIELD_NUMBER)
		return str_to_u64(place(plan, field), value, 0, UINT64_MAX, err);
	if (field->type == FIELD_TEXTS) {
		job_texts_add(place(plan, field), value);
		return 0;
	}
	free(*(char **)place(plan, field));
	*(char **)place(plan, field) = str_dup(value);
	return 0;
}

static int take_fields(struct job_plan *plan, const struct buf *text, struct error *err)
{
	const char *p = buf_str(text);
	const char *end = p + text->len;

	while (p < end) {
		const char *value = p + strlen(p) + 1;

		/* The NUL that follows every buf ends a last text that was cut off. */
		if (value >= end)
			return error_set(err, ERROR_DATA, "field '%s' has no value", p);
		if (take_field(plan, p, value, err) < 0)
			return -1;
		p = value + strlen(value) + 1;
	}
	if (!plan->exec.count)
		return error_set(err, ERROR_DATA, "nothing to execute");
	return 0;
}

int job_plan_read(struct job_plan *plan, const struct job *job, struct error *err)
{
	auto_job_plan struct job_plan got = JOB_PLAN_EMPTY;
	auto_buf struct buf text = BUF_EMPTY;

	bool found = false;

	if (file_read_if(&text, &found, job->fd, "plan", PLAN_LIMIT, err) < 0)
		return error_wrap(err, "job '%s'", job->id);
	if (!found)
		return error_set(err, ERROR_ABSENT,
				 "job '%s' has no plan: it was just removed", job->id);
	if (take_fields(&got, &text, err) < 0)
		return error_wrap(err, "job '%s'", job->id);
	*plan = got;
	got = (struct job_plan)JOB_PLAN_EMPTY;
	return 0;
}

void job_plan_free(struct job_plan *plan)
{
	size_t i;

	for (i = 0; i < FIELDS; i++) {
		if (fields[i].type == FIELD_TEXT)
			free(*(char **)place(plan, &fields[i]));
		if (fields[i].type == FIELD_TEXTS)
			job_texts_free(place(plan, &fields[i]));
	}
	*plan = (struct job_plan)JOB_PLAN_EMPTY;
}
