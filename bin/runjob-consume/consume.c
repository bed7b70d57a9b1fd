#include "bin/runjob-consume/consume.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bin/runjob-consume/registered.h"
#include "bin/runjob-consume/spec.h"
#include "bin/runjob-consume/spec_pipeline.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_write.h"
#include "lib/layout.h"
#include "lib/reply.h"
#include "lib/setting.h"
#include "lib/setting_limit.h"
#include "lib/turn.h"

enum { BATCH = 64, READ_STEP = 65536, LINE_LIMIT = 64 * 1024 * 1024 };

struct entry {
	struct turn turn;
	struct error err; /* ERROR_NONE: all is well so far */
};

struct consumer {
	const struct layout *layout;
	const struct config *config;
	struct uuid_source ids;
	struct entry entries[BATCH];
	size_t count;
	size_t scanned; /* bytes of a begun line in which no line break is */
	bool skipping;	/* inside a line that is too long */
};

static int parse_line(struct spec *spec, struct str_view line,
		      const struct layout *layout, struct error *err)
{
	if (!spec_is_pipeline(line))
		return spec_parse(spec, line, err);
	if (registered_is_meant(line))
		return registered_parse(spec, line, layout, err);
	return spec_pipeline_parse(spec, line, layout, err);
}

static int store_line(struct consumer *consumer, struct entry *entry,
		      struct str_view line, struct error *err)
{
	auto_spec struct spec spec = SPEC_EMPTY;
	auto_buf struct buf text = BUF_EMPTY;
	struct submit_what what = { .id = spec.id, .plan = &spec.plan };
	struct layout theirs = *consumer->layout;

	if (parse_line(&spec, line, consumer->layout, err) < 0)
		return -1;
	spec.plan.publishes = 1;
	if (setting_complete(&spec.plan, consumer->config, err) < 0)
		return -1;
	if (!spec.id[0])
		uuid_next(spec.id, &consumer->ids, date_now_ms());
	if (spec.plan.owner)
		theirs.owner = spec.plan.owner;
	else
		spec.plan.owner = str_dup(theirs.owner);
	setting_dump(&text, spec.id, &spec.plan);
	what.spec = (struct str_view){ text.data, text.len };
	what.input = spec.payload;
	if (!what.input.data && spec.input)
		what.input = (struct str_view){ spec.input, strlen(spec.input) };
	if (turn_store(&entry->turn, &theirs, &what, err) == 0)
		return 0;
	/* Whoever wants to be rejected does not want to come again later. */
	if (entry->turn.rejected)
		err->kind = ERROR_DATA;
	return -1;
}

static bool is_well(const struct entry *entry)
{
	return entry->err.kind == ERROR_NONE;
}

/* The names in an owner's folder last by one sync for all jobs that stand together. */
static void sync_entry(struct entry *entry, const char **synced)
{
	const char *owner = entry->turn.submission.job.owner;

	if (submit_sync(&entry->turn.submission, &entry->err) < 0 ||
	    str_equal(owner, *synced))
		return;
	if (submit_sync_owner(&entry->turn.submission, &entry->err) == 0)
		*synced = owner;
}

static void sync_batch(struct consumer *consumer)
{
	const char *synced = NULL;
	size_t i;

	for (i = 0; i < consumer->count; i++) {
		struct entry *entry = &consumer->entries[i];

		if (is_well(entry) && !entry->turn.submission.duplicate)
			sync_entry(entry, &synced);
	}
}

static void start_batch(struct consumer *consumer)
{
	size_t i;

	for (i = 0; i < consumer->count; i++) {
		struct entry *entry = &consumer->entries[i];

		if (is_well(entry) && !entry->turn.submission.duplicate)
			(void)turn_start(&entry->turn, consumer->layout, -1, &entry->err);
	}
}

static void write_reply(struct buf *out, const struct entry *entry)
{
	struct json_writer writer = JSON_WRITER(out);

	if (!is_well(entry)) {
		reply_write_failure(out, &entry->err);
		return;
	}
	json_write_object(&writer, NULL);
	json_write_bool(&writer, "ok", true);
	json_write_string(&writer, "id", entry->turn.submission.job.id);
	if (entry->turn.submission.duplicate)
		json_write_bool(&writer, "duplicate", true);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

static int finish_batch(struct consumer *consumer, struct error *err)
{
	auto_buf struct buf replies = BUF_EMPTY;
	size_t i;

	if (!consumer->count)
		return 0;
	sync_batch(consumer);
	start_batch(consumer);
	for (i = 0; i < consumer->count; i++) {
		write_reply(&replies, &consumer->entries[i]);
		turn_close(&consumer->entries[i].turn);
	}
	consumer->count = 0;
	/* Supervisors that ended meanwhile; they are our children, and not our business. */
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	return file_write(STDOUT_FILENO, replies.data, replies.len, "standard output",
			  err);
}

static int take_line(struct consumer *consumer, struct str_view line, struct error *err)
{
	struct entry *entry = &consumer->entries[consumer->count++];

	*entry = (struct entry){ .turn = TURN_NONE };
	if (consumer->skipping || line.len > LINE_LIMIT)
		(void)error_set(&entry->err, ERROR_DATA, "a line over %d bytes",
				LINE_LIMIT);
	else
		(void)store_line(consumer, entry, line, &entry->err);
	consumer->skipping = false;
	return consumer->count < BATCH ? 0 : finish_batch(consumer, err);
}

/* All whole lines of the input; the rest of one stays. */
static int take_lines(struct consumer *consumer, struct buf *input, struct error *err)
{
	size_t from = consumer->scanned;
	size_t taken = 0;
	const char *end;

	while ((end = memchr(buf_str(input) + from, '\n', input->len - from))) {
		const char *start = buf_str(input) + taken;
		struct str_view line = { start, (size_t)(end - start) };

		taken += line.len + 1;
		from = taken;
		if (take_line(consumer, line, err) < 0)
			return -1;
	}
	buf_skip(input, taken);
	if (input->len > LINE_LIMIT) {
		consumer->skipping = true;
		buf_clear(input);
	}
	consumer->scanned = input->len;
	return finish_batch(consumer, err);
}

static int consume(struct consumer *consumer, struct error *err)
{
	auto_buf struct buf input = BUF_EMPTY;

	for (;;) {
		ssize_t got = read(STDIN_FILENO, buf_room(&input, READ_STEP), READ_STEP);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(err, "read standard input");
		/* A last line without its end was cut off, and gets no reply. */
		if (got == 0)
			return 0;
		buf_grew(&input, (size_t)got);
		if (take_lines(consumer, &input, err) < 0)
			return -1;
	}
}

int consume_lines(const struct layout *layout, const struct config *config,
		  struct error *err)
{
	struct consumer consumer = { .layout = layout, .config = config };
	auto_free char *path = NULL;

	if (job_owner_dir(&path, layout, err) < 0)
		return -1;
	return consume(&consumer, err);
}
