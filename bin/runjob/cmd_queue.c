#include "bin/runjob/commands.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job_entry.h"
#include "lib/job_held.h"
#include "lib/job_queue.h"
#include "lib/json_write.h"
#include "lib/log.h"
#include "lib/str.h"

enum { FLUSH_AT = 65536 };

static int by_order(const void *a, const void *b)
{
	return strcmp(a, b);
}

static int read_names(struct buf *names, int waiting_fd, struct error *err)
{
	int again = openat(waiting_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_closedir DIR *dir = again < 0 ? NULL : fdopendir(again);
	struct dirent *entry;

	if (!dir)
		return error_errno(err, "list the queue");
	while ((entry = readdir(dir))) {
		if (strlen(entry->d_name) == JOB_ENTRY_LEN - 1)
			buf_add(names, entry->d_name, JOB_ENTRY_LEN);
	}
	if (names->len)
		qsort(names->data, names->len / JOB_ENTRY_LEN, JOB_ENTRY_LEN, by_order);
	return 0;
}

static const char *reason(const struct job_entry *entry, const struct job_held *held)
{
	if (entry->comes_after)
		return "after";
	if ((int64_t)entry->due_ms > date_now_ms())
		return "retry";
	if (entry->takes_slot && held->what[0])
		return "pressure";
	return entry->group ? "group" : "place";
}

static void add(struct buf *out, const struct job_place *place,
		const struct job_entry *entry, const struct job_held *held,
		size_t position)
{
	struct json_writer writer = JSON_WRITER(out);
	const char *waits_for = reason(entry, held);
	char since[DATE_LEN];

	date_format(since, (int64_t)(entry->order_us / 1000));
	json_write_object(&writer, NULL);
	json_write_u64(&writer, "position", position);
	json_write_string(&writer, "id", place->id);
	json_write_string(&writer, "owner", place->owner);
	json_write_string(&writer, "since", since);
	json_write_string(&writer, "waits_for", waits_for);
	if (str_equal(waits_for, "pressure")) {
		json_write_string(&writer, "pressure_of", held->what);
		json_write_raw(&writer, "pressure", held->now, strlen(held->now));
		json_write_raw(&writer, "pressure_limit", held->limit,
			       strlen(held->limit));
	}
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

static int put(struct buf *out, struct error *err)
{
	if (file_write(STDOUT_FILENO, buf_str(out), out->len, "standard output", err) < 0)
		return -1;
	buf_clear(out);
	return 0;
}

static int list(const struct context *context, int waiting_fd,
		const struct job_held *held, struct error *err)
{
	const struct options *options = &context->options;
	uint64_t group =
		options->operand_count ? job_entry_group(options->operands[0]) : 0;
	bool is_past = !options->after;
	auto_buf struct buf names = BUF_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;
	uint64_t shown = 0;
	size_t position = 0;
	size_t at;

	if (read_names(&names, waiting_fd, err) < 0)
		return -1;
	for (at = 0; at < names.len && shown < options->limit; at += JOB_ENTRY_LEN) {
		struct job_place place = { "", "" };
		struct job_entry entry = { 0 };

		if (!job_entry_parse(&entry, names.data + at) ||
		    (group && entry.group != group) ||
		    !job_place_read(&place, waiting_fd, names.data + at))
			continue;
		position++;
		if (is_past)
			add(&out, &place, &entry, held, position);
		shown += is_past ? 1 : 0;
		is_past = is_past || str_equal(place.id, options->after);
		if (out.len > FLUSH_AT && put(&out, err) < 0)
			return -1;
	}
	return put(&out, err);
}

int cmd_queue(struct context *context, struct error *err)
{
	auto_job_queue struct job_queue queue = JOB_QUEUE_NONE;
	auto_buf struct buf why = BUF_EMPTY;
	struct job_held held = { "", "", "" };
	auto_close int fd = -1;

	if (context->options.operand_count > 1)
		return error_set(err, ERROR_USAGE, "queue takes one group at most");
	if (job_queue_open(&queue, &context->layout, err) < 0)
		return -1;
	fd = openat(queue.fd, "waiting", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return error_errno(err, "open the queue");
	(void)job_held_read(&held, &queue);
	job_held_failure(&why, &queue);
	if (why.len)
		log_warning("nothing begins: the queue's keeper failed: %s; see runjob "
			    "recover",
			    buf_str(&why));
	return list(context, fd, &held, err);
}
