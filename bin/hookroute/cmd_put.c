#include <string.h>
#include <unistd.h>

#include "bin/hookroute/commands.h"
#include "bin/hookroute/options.h"
#include "bin/hookroute/owner.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/event.h"
#include "lib/file.h"
#include "lib/json_scan.h"
#include "lib/layout.h"
#include "lib/lines.h"
#include "lib/log.h"
#include "lib/path.h"
#include "lib/spool.h"

enum { LINE_MAX_BYTES = 64 << 20, BATCH_BYTES = 4 << 20, BATCH_EVENTS = 1024 };

struct put {
	const struct options *options;
	struct spool spool;
	struct uuid_source ids;
	struct buf events;    /* of the batch, whole lines */
	struct buf printed;   /* their ids */
	char first[UUID_LEN]; /* the name of the batch's file */
	size_t count;
	size_t lines; /* of the input */
	size_t bad;
};

static int check_json(struct str_view text, struct error *err)
{
	auto_buf struct buf copy = BUF_EMPTY;
	struct json_scan scan;

	buf_add(&copy, text.data, text.len);
	json_scan_start(&scan);
	if (json_scan_feed(&scan, copy.data, copy.len) && json_scan_finish(&scan))
		return 0;
	return error_set(err, ERROR_DATA, "no JSON: %s at byte %llu", scan.problem,
			 (unsigned long long)scan.offset);
}

static bool has_string(struct str_view line, const char *key)
{
	struct str_view value = { NULL, 0 };

	return json_scan_member(&value, line, key) && value.data[0] == '"';
}

/* An event of hookevent(5): goes on as it is. */
static int add_event(struct put *put, char id[static UUID_LEN], struct str_view line,
		     struct error *err)
{
	struct str_view value = { NULL, 0 };

	if (!json_scan_member(&value, line, "id") || value.len != UUID_LEN + 1)
		return error_set(err, ERROR_DATA,
				 "no event, it has no 'id' (bare payloads need --event)");
	snprintf(id, UUID_LEN, "%.*s", UUID_LEN - 1, value.data + 1);
	if (!uuid_is_valid(id))
		return error_set(err, ERROR_DATA, "no event, its 'id' is no UUID");
	if (!has_string(line, "event") || !json_scan_member(&value, line, "payload"))
		return error_set(err, ERROR_DATA,
				 "no event, 'event' or 'payload' is missing");
	buf_add(&put->events, line.data, line.len);
	buf_add_char(&put->events, '\n');
	return 0;
}

static void add_payload(struct put *put, char id[static UUID_LEN], struct str_view line)
{
	const struct options *options = put->options;
	int64_t now_ms = date_now_ms();
	struct event_head head = { .id = id,
				   .hook = options->hook,
				   .name = options->name,
				   .provider = "hooktools",
				   .event = options->event,
				   .delivery = id,
				   .received_ms = now_ms };

	uuid_next(id, &put->ids, now_ms);
	event_write_head(&put->events, &head);
	buf_add(&put->events, line.data, line.len);
	event_write_tail(&put->events);
}

/* Ids are printed when their events are durable, and not before. */
static int publish(struct put *put, struct error *err)
{
	int failed = 0;

	if (put->count)
		failed = spool_put(&put->spool, put->first, put->events.data,
				   put->events.len, err);
	if (!failed && put->count)
		failed = file_write(STDOUT_FILENO, put->printed.data, put->printed.len,
				    "standard output", err);
	buf_clear(&put->events);
	buf_clear(&put->printed);
	put->count = 0;
	return failed;
}

static int add_line(struct put *put, struct str_view line, struct error *err)
{
	char id[UUID_LEN];

	if (check_json(line, err) < 0)
		return -1;
	if (put->options->event)
		add_payload(put, id, line);
	else if (add_event(put, id, line, err) < 0)
		return -1;
	/* Events from elsewhere get a file name of our own: theirs may be in use. */
	if (!put->count && put->options->event)
		memcpy(put->first, id, UUID_LEN);
	else if (!put->count)
		uuid_next(put->first, &put->ids, date_now_ms());
	buf_add_format(&put->printed, "%s\n", id);
	put->count++;
	return 0;
}

static bool is_full(const struct put *put)
{
	return put->count >= BATCH_EVENTS || put->events.len >= BATCH_BYTES;
}

/* A bad line is said and left out; the others go on. */
static int put_lines(struct put *put, struct lines *lines, struct error *err)
{
	bool found = true;

	while (found) {
		struct str_view line = { NULL, 0 };
		struct error bad = { 0 };

		if ((is_full(put) || !lines_is_ready(lines)) && publish(put, err) < 0)
			return -1;
		put->lines++;
		if (lines_next(&line, &found, lines, &bad) < 0 &&
		    bad.kind != ERROR_DATA) {
			*err = bad;
			return -1;
		}
		if (!bad.kind && found && line.len)
			(void)add_line(put, line, &bad);
		if (!bad.kind)
			continue;
		put->bad++;
		log_warning("line %zu: %s", put->lines, bad.message);
	}
	return publish(put, err);
}

int cmd_put(const struct options *options, const struct layout *layout, struct error *err)
{
	auto_free char *path = path_join(layout->state, "spool");
	auto_lines struct lines lines = LINES(STDIN_FILENO, LINE_MAX_BYTES);
	struct put put = { .options = options, .spool = SPOOL_NONE };
	int failed;

	if (!options->event && (options->name || options->hook))
		return error_set(err, ERROR_USAGE, "--name and --hook go with --event");
	if (options->name && !str_is_name(options->name))
		return error_set(err, ERROR_USAGE,
				 "--name wants a name as owner/repository, not '%s'",
				 options->name);
	failed = spool_open(&put.spool, path, err);
	if (!failed)
		failed = owner_become(&put.spool, -1, err);
	if (!failed)
		failed = put_lines(&put, &lines, err);
	spool_close(&put.spool);
	buf_free(&put.events);
	buf_free(&put.printed);
	if (!failed && put.bad)
		return error_set(err, ERROR_DATA, "%zu of the lines were left out",
				 put.bad);
	return failed;
}
