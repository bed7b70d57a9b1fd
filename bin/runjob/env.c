#include "bin/runjob/env.h"

#include <string.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job.h"
#include "lib/job_plan.h"
#include "lib/json_write.h"
#include "lib/str.h"

enum { ENVIRONMENT_LIMIT = 64 * 1024 * 1024 };

static void give_secrets(struct buf *out, struct json_writer *writer,
			 const struct job_texts *secrets)
{
	size_t i;

	for (i = 0; i < secrets->count; i++) {
		const char *equals = strchr(secrets->items[i], '=');
		auto_free char *name = str_format(
			"%.*s", (int)(equals - secrets->items[i]), secrets->items[i]);

		if (!writer) {
			buf_add_format(out, "%s=(the secret %s)\n", name, equals + 1);
			continue;
		}
		json_write_object(writer, name);
		json_write_string(writer, "secret", equals + 1);
		json_write_object_end(writer);
	}
}

static void give_pair(struct buf *out, struct json_writer *writer, const char *pair)
{
	size_t len = strcspn(pair, "=");
	auto_free char *name = str_format("%.*s", (int)len, pair);

	if (!writer) {
		buf_add_str(out, pair);
		buf_add_char(out, '\n');
	} else if (pair[len]) {
		json_write_string(writer, name, pair + len + 1);
	}
}

static void dump(struct buf *out, bool json, const struct buf *texts,
		 const struct job_plan *plan)
{
	struct json_writer object = JSON_WRITER(out);
	struct json_writer *writer = json ? &object : NULL;
	const char *end = buf_str(texts) + texts->len;
	const char *p;

	if (writer)
		json_write_object(writer, NULL);
	for (p = buf_str(texts); p < end; p += strlen(p) + 1)
		give_pair(out, writer, p);
	give_secrets(out, writer, &plan->secrets);
	give_secrets(out, writer, &plan->secret_files);
	if (writer) {
		json_write_object_end(writer);
		buf_add_char(out, '\n');
	}
}

int env_dump(struct buf *out, const struct job *job, bool json, struct error *err)
{
	auto_job_plan struct job_plan plan = JOB_PLAN_EMPTY;
	auto_buf struct buf texts = BUF_EMPTY;
	bool found = false;

	if (file_read_if(&texts, &found, job->fd, "environment", ENVIRONMENT_LIMIT, err) <
		    0 ||
	    job_plan_read(&plan, job, err) < 0)
		return -1;
	if (!found)
		return error_set(err, ERROR_ABSENT, "job '%s' has not begun to run",
				 job->id);
	dump(out, json, &texts, &plan);
	return 0;
}
