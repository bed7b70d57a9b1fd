#include <stdio.h>
#include <unistd.h>

#include "bin/hookroute/aside.h"
#include "bin/hookroute/commands.h"
#include "bin/hookroute/options.h"
#include "bin/hookroute/pick.h"
#include "bin/hookroute/terminal.h"
#include "bin/hookroute/walk.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_scan.h"
#include "lib/json_write.h"
#include "lib/layout.h"
#include "lib/path.h"

struct listing {
	const struct options *options;
	const struct spool *spool;
	bool json;
	uint64_t count;
};

static void write_json(struct buf *out, const struct walk_event *event, const char *due)
{
	static const char *const keys[] = { "received_at", "name",     "provider",
					    "event",	   "delivery", "hook" };
	struct json_writer writer = JSON_WRITER(out);
	size_t i;

	json_write_object(&writer, NULL);
	json_write_string(&writer, "id", event->id);
	json_write_string(&writer, "state", spool_state_name(event->state));
	json_write_string(&writer, "folder", event->folder);
	json_write_string(&writer, "file", event->file);
	if (*due)
		json_write_string(&writer, "due_at", due);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct str_view value = { NULL, 0 };

		if (json_scan_member(&value, event->line, keys[i]))
			json_write_raw(&writer, keys[i], value.data, value.len);
	}
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

static void write_row(struct buf *out, const struct walk_event *event, const char *due)
{
	buf_add_format(out, "%-36s  %-5s  ", event->id, spool_state_name(event->state));
	terminal_add_column(out, walk_member(event, "received_at"), 26);
	terminal_add_column(out, walk_member(event, "name"), 24);
	buf_add_str(out, "  ");
	terminal_add(out, walk_member(event, "event"));
	if (*due)
		buf_add_format(out, "  due %s", due);
	buf_add_char(out, '\n');
}

static int list_event(enum walk_answer *answer, void *context,
		      const struct walk_event *event, struct error *err)
{
	struct listing *listing = context;
	const struct options *options = listing->options;
	auto_buf struct buf out = BUF_EMPTY;
	char due[DATE_LEN] = "";

	if (!pick_event(options, event))
		return 0;
	if (event->state == SPOOL_DEFER)
		date_format(due, aside_due_ms(listing->spool, event->file));
	if (listing->json)
		write_json(&out, event, due);
	else
		write_row(&out, event, due);
	if (++listing->count >= options->limit)
		*answer = WALK_ENOUGH;
	return file_write(STDOUT_FILENO, out.data, out.len, "standard output", err);
}

static int find_state(enum spool_state *state, const char *name, struct error *err)
{
	int i;

	for (i = SPOOL_NEW; i < SPOOL_STATES; i++) {
		if (str_equal(spool_state_name((enum spool_state)i), name)) {
			*state = (enum spool_state)i;
			return 0;
		}
	}
	return error_set(err, ERROR_USAGE,
			 "no state '%s': new, cur, defer, hold, dead or done", name);
}

/* Everything but done/, which is only history. */
static int list_all(struct walk *walk, struct error *err)
{
	static const enum spool_state states[] = { SPOOL_NEW, SPOOL_CUR, SPOOL_DEFER,
						   SPOOL_HOLD, SPOOL_DEAD };
	size_t i;

	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (walk_state(walk, states[i], err) < 0)
			return -1;
		if (walk->answer == WALK_ENOUGH)
			return 0;
	}
	return 0;
}

int cmd_list(const struct options *options, const struct layout *layout,
	     struct error *err)
{
	auto_free char *path = path_join(layout->state, "spool");
	auto_spool struct spool spool = SPOOL_NONE;
	struct listing listing = { options, &spool,
				   options->json || !isatty(STDOUT_FILENO), 0 };
	struct walk walk = { .spool = &spool, .each = list_event, .context = &listing };
	enum spool_state state = SPOOL_NEW;

	if (options->operand_count && find_state(&state, options->operands[0], err) < 0)
		return -1;
	if (spool_open(&spool, path, err) < 0)
		return -1;
	if (!listing.json)
		printf("%-36s  %-5s  %-24s  %-24s  %s\n", "ID", "STATE", "RECEIVED",
		       "NAME", "EVENT");
	if (fflush(stdout) != 0)
		return error_errno(err, "write to standard output");
	if (options->operand_count)
		return walk_state(&walk, state, err);
	return list_all(&walk, err);
}
