#include "bin/runjob-certs/commands.h"

#include <string.h>
#include <unistd.h>

#include "bin/runjob-certs/revoked.h"
#include "lib/buf.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job.h"
#include "lib/json_write.h"

enum { DAY_LEN = 10 };

/* One certificate, and what is known about its owner. */
struct row {
	const struct certificate *certificate;
	const char *state;
	char owner[JOB_OWNER_LEN];
	size_t jobs;
};

static const char *state_of(const struct certificate *certificate,
			    const struct buf *revoked, int64_t now_ms)
{
	if (revoked_has(revoked, certificate->hash))
		return "revoked";
	if (certificate->ends_ms < now_ms)
		return "expired";
	return certificate->begins_ms > now_ms ? "early" : "good";
}

static int count_jobs(struct row *row, const struct layout *layout, struct error *err)
{
	struct layout theirs = *layout;
	auto_job_list struct job_list jobs = JOB_LIST_EMPTY;

	theirs.owner = row->certificate->hash;
	if (job_owner_find(row->owner, &theirs, err) < 0 ||
	    job_list_read(&jobs, &theirs, err) < 0)
		return -1;
	row->jobs = jobs.count;
	return 0;
}

static void add_line(struct buf *out, const struct row *row)
{
	const struct certificate *certificate = row->certificate;
	struct json_writer writer = JSON_WRITER(out);
	char date[DATE_LEN];

	json_write_object(&writer, NULL);
	json_write_string(&writer, "sha256", certificate->hash);
	json_write_string(&writer, "subject", certificate->subject);
	json_write_string(&writer, "role", certificate_role_name(certificate->role));
	json_write_string(&writer, "state", row->state);
	date_format(date, certificate->begins_ms);
	json_write_string(&writer, "begins_at", date);
	date_format(date, certificate->ends_ms);
	json_write_string(&writer, "expires_at", date);
	json_write_u64(&writer, "jobs", row->jobs);
	json_write_string(&writer, "owner", row->owner);
	json_write_string(&writer, "file", certificate->path);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

/* A subject is somebody else's text: no control byte of it reaches the terminal. */
static void add_row(struct buf *out, const struct row *row)
{
	const char *subject = row->certificate->subject;
	char date[DATE_LEN];

	date_format(date, row->certificate->ends_ms);
	date[DAY_LEN] = '\0';
	buf_add_format(out, "%-64s  %-9s  %-7s  %s  %5zu  ", row->certificate->hash,
		       certificate_role_name(row->certificate->role), row->state, date,
		       row->jobs);
	for (; *subject; subject++)
		buf_add_char(out, (unsigned char)*subject < 0x20 || *subject == 0x7f
					  ? '?'
					  : *subject);
	buf_add_char(out, '\n');
}

static int add_all(struct buf *out, const struct certificates *pool,
		   const struct context *context, struct error *err)
{
	const struct options *options = &context->options;
	auto_buf struct buf revoked = BUF_EMPTY;
	bool is_behind = !options->after;
	uint64_t shown = 0;

	if (revoked_read(&revoked, context->crl, err) < 0)
		return -1;
	for (size_t i = 0; i < pool->count && shown < options->limit; i++) {
		struct row row = { .certificate = &pool->items[i] };

		if (!is_behind) {
			is_behind = strcmp(row.certificate->hash, options->after) == 0;
			continue;
		}
		row.state = state_of(row.certificate, &revoked, date_now_ms());
		if (count_jobs(&row, &context->layout, err) < 0)
			return -1;
		if (options->json)
			add_line(out, &row);
		else
			add_row(out, &row);
		shown++;
	}
	return is_behind ? 0
			 : error_set(err, ERROR_ABSENT, "no certificate '%s' in the pool",
				     options->after);
}

int cmd_list(struct context *context, struct error *err)
{
	auto_certificates struct certificates pool = CERTIFICATES_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;
	struct error why = { 0 };

	/* No pool yet is an empty one. */
	if (certificates_read(&pool, context->pool, &why) < 0 &&
	    why.kind != ERROR_ABSENT) {
		*err = why;
		return -1;
	}
	if (!isatty(STDOUT_FILENO))
		context->options.json = true;
	if (!context->options.json)
		buf_add_format(&out, "%-64s  %-9s  %-7s  %-10s  %5s  %s\n", "SHA-256",
			       "ROLE", "STATE", "EXPIRES", "JOBS", "SUBJECT");
	if (add_all(&out, &pool, context, err) < 0)
		return -1;
	return file_write(STDOUT_FILENO, buf_str(&out), out.len, "standard output", err);
}
