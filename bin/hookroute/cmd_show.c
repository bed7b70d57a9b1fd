#include <string.h>
#include <unistd.h>

#include "bin/hookroute/commands.h"
#include "bin/hookroute/journal.h"
#include "bin/hookroute/journal_read.h"
#include "bin/hookroute/log_text.h"
#include "bin/hookroute/options.h"
#include "bin/hookroute/show_text.h"
#include "bin/hookroute/walk.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_write.h"
#include "lib/layout.h"
#include "lib/path.h"

enum { WHY_LIMIT = 1 << 30, LOG_LINES = 1000 };

struct showing {
	const char *id;
	const struct spool *spool;
	bool json;
	bool found;
	struct buf log;	 /* what happened to it: lines, or elements of an array */
	struct buf line; /* the event's, for the end */
};

static void write_json(struct buf *out, const struct walk_event *event,
		       const struct buf *why, const struct buf *log)
{
	auto_free char *happened = str_format("[%s]", buf_str(log));
	struct json_writer writer = JSON_WRITER(out);
	const char *rest = why->len ? buf_str(why) : NULL;

	json_write_object(&writer, NULL);
	json_write_string(&writer, "id", event->id);
	json_write_string(&writer, "state", spool_state_name(event->state));
	json_write_string(&writer, "folder", event->folder);
	json_write_string(&writer, "file", event->file);
	if (event->rest.len)
		json_write_raw(&writer, "deferred", event->rest.data, event->rest.len);
	json_write_array(&writer, "why");
	while (rest) {
		struct str_view line = str_split(&rest, '\n');

		if (line.len)
			json_write_raw(&writer, NULL, line.data, line.len);
	}
	json_write_array_end(&writer);
	json_write_raw(&writer, "log", happened, strlen(happened));
	json_write_raw(&writer, "event", event->line.data, event->line.len);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

static int add_log(void *context, struct str_view line, struct error *err)
{
	struct showing *showing = context;

	(void)err;
	if (!showing->json) {
		log_text_line(&showing->log, line);
		return 0;
	}
	if (showing->log.len)
		buf_add_char(&showing->log, ',');
	buf_add(&showing->log, line.data, line.len);
	return 0;
}

static int read_log(struct showing *showing, const struct layout *layout,
		    struct error *err)
{
	auto_journal struct journal journal = JOURNAL_NONE;
	const struct journal_query query = { .ids = &showing->id,
					     .id_count = 1,
					     .since_ms = INT64_MIN,
					     .until_ms = INT64_MAX,
					     .limit = LOG_LINES,
					     .each = add_log,
					     .context = showing };
	struct journal_place place = { "", 0 };

	if (journal_open(&journal, layout->state, err) < 0)
		return -1;
	return journal_read_last(&place, journal.dir, &query, err);
}

static int print(const struct buf *out, struct error *err)
{
	return file_write(STDOUT_FILENO, out->data, out->len, "standard output", err);
}

static int show_event(enum walk_answer *answer, void *context,
		      const struct walk_event *event, struct error *err)
{
	struct showing *showing = context;
	auto_free char *name = str_format("%s.why", event->id);
	auto_buf struct buf out = BUF_EMPTY;
	auto_buf struct buf why = BUF_EMPTY;
	bool found = false;

	if (!str_equal(event->id, showing->id))
		return 0;
	if (event->state == SPOOL_DEAD &&
	    file_read_if(&why, &found, showing->spool->dir[SPOOL_DEAD], name, WHY_LIMIT,
			 err) < 0)
		return -1;
	if (showing->json) {
		write_json(&out, event, &why, &showing->log);
	} else {
		if (showing->found)
			buf_add_char(&out, '\n');
		show_text_event(&out, event, (struct str_view){ buf_str(&why), why.len });
		buf_clear(&showing->line);
		show_text_line(&showing->line, event);
	}
	showing->found = true;
	*answer = WALK_ENOUGH;
	return print(&out, err);
}

/* An event may be in two places: partly waiting, partly given up, and done with the rest. */
static int show_all(struct showing *showing, const struct layout *layout,
		    struct error *err)
{
	struct walk walk = { .spool = showing->spool,
			     .first = showing->id,
			     .each = show_event,
			     .context = showing };
	auto_buf struct buf end = BUF_EMPTY;
	int state;

	if (read_log(showing, layout, err) < 0)
		return -1;
	for (state = SPOOL_NEW; state < SPOOL_STATES; state++) {
		if (walk_state(&walk, (enum spool_state)state, err) < 0)
			return -1;
	}
	if (!showing->found)
		return error_set(err, ERROR_ABSENT,
				 "no event '%s' in the spool: hookroute log %s may know "
				 "what became of it",
				 showing->id, showing->id);
	if (showing->json)
		return 0;
	if (showing->log.len)
		buf_add_format(&end, "what happened:\n%s", buf_str(&showing->log));
	buf_add(&end, showing->line.data, showing->line.len);
	return print(&end, err);
}

int cmd_show(const struct options *options, const struct layout *layout,
	     struct error *err)
{
	auto_free char *path = path_join(layout->state, "spool");
	auto_spool struct spool spool = SPOOL_NONE;
	struct showing showing = { .id = options->operands[0],
				   .spool = &spool,
				   .json = options->json || !isatty(STDOUT_FILENO) };
	int failed;

	if (!options->operand_count || !uuid_is_valid(showing.id))
		return error_set(err, ERROR_USAGE, "show wants an event's id");
	failed = spool_open(&spool, path, err);
	if (!failed)
		failed = show_all(&showing, layout, err);
	buf_free(&showing.log);
	buf_free(&showing.line);
	return failed;
}
