#include <string.h>
#include <unistd.h>

#include "bin/hookroute/commands.h"
#include "bin/hookroute/options.h"
#include "bin/hookroute/walk.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_write.h"
#include "lib/layout.h"
#include "lib/path.h"

enum { WHY_LIMIT = 1 << 30 };

struct showing {
	const char *id;
	const struct spool *spool;
	bool json;
	bool found;
};

static void write_json(struct buf *out, const struct walk_event *event,
		       const struct buf *why)
{
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
	json_write_raw(&writer, "event", event->line.data, event->line.len);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

static void write_text(struct buf *out, const struct walk_event *event,
		       const struct buf *why)
{
	static const char *const keys[] = { "received_at", "name",     "provider",
					    "event",	   "delivery", "remote" };
	size_t i;

	buf_add_format(out, "id: %s\nfile: %s/%s\n", event->id, event->folder,
		       event->file);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct str_view value = walk_member(event, keys[i]);

		buf_add_format(out, "%s: %.*s\n", keys[i], (int)value.len, value.data);
	}
	if (event->rest.len)
		buf_add_format(out, "deferred: %.*s\n", (int)event->rest.len,
			       event->rest.data);
	if (why->len)
		buf_add_format(out, "given up: %s", buf_str(why));
	buf_add_format(out, "\n%.*s\n", (int)event->line.len, event->line.data);
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
	if (showing->json)
		write_json(&out, event, &why);
	else
		write_text(&out, event, &why);
	showing->found = true;
	*answer = WALK_ENOUGH;
	return file_write(STDOUT_FILENO, out.data, out.len, "standard output", err);
}

/* An event may be in two places: partly waiting, partly given up, and done with the rest. */
int cmd_show(const struct options *options, const struct layout *layout,
	     struct error *err)
{
	auto_free char *path = path_join(layout->state, "spool");
	auto_spool struct spool spool = SPOOL_NONE;
	struct showing showing = { options->operands[0], &spool,
				   options->json || !isatty(STDOUT_FILENO), false };
	struct walk walk = { &spool, showing.id, show_event, &showing, WALK_ON };
	int state;

	if (!options->operand_count || !uuid_is_valid(showing.id))
		return error_set(err, ERROR_USAGE, "show wants an event's id");
	if (spool_open(&spool, path, err) < 0)
		return -1;
	for (state = SPOOL_NEW; state < SPOOL_STATES; state++) {
		if (walk_state(&walk, (enum spool_state)state, err) < 0)
			return -1;
	}
	if (!showing.found)
		return error_set(err, ERROR_ABSENT, "no event '%s' in the spool",
				 showing.id);
	return 0;
}
