#include "bin/hookroute/show_text.h"

#include <string.h>

#include "bin/hookroute/terminal.h"
#include "bin/hookroute/walk.h"
#include "lib/buf.h"
#include "lib/json_scan.h"

static void add_field(struct buf *out, const char *name, struct str_view text)
{
	if (!text.len)
		return;
	buf_add_format(out, "%-13s", name);
	terminal_add(out, text);
	buf_add_char(out, '\n');
}

static struct str_view member(struct str_view object, const char *key)
{
	struct str_view value = { "", 0 };

	if (!json_scan_member(&value, object, key) || str_view_equal(value, "null"))
		return (struct str_view){ "", 0 };
	if (value.len >= 2 && value.data[0] == '"')
		return (struct str_view){ value.data + 1, value.len - 2 };
	return value;
}

static void add_part(struct buf *out, const char *before, struct str_view text)
{
	if (!text.len)
		return;
	buf_add_str(out, before);
	terminal_add(out, text);
}

/* "  publish.jq to runjob, 3 tries, next try 2026-...: connection refused" */
static void add_delivery(struct buf *out, struct str_view delivery)
{
	buf_add_str(out, "  ");
	add_part(out, "", member(delivery, "at"));
	add_part(out, member(delivery, "at").len ? "  " : "", member(delivery, "route"));
	add_part(out, " to ", member(delivery, "to"));
	add_part(out, ", tries: ", member(delivery, "tries"));
	add_part(out, ", next try ", member(delivery, "due_at"));
	add_part(out, ": ", member(delivery, "error"));
	buf_add_char(out, '\n');
}

static void add_waiting(struct buf *out, struct str_view rest)
{
	struct str_view left = { "", 0 };
	struct str_view delivery;

	if (!rest.len || !json_scan_member(&left, rest, "left"))
		return;
	add_field(out, "next try", member(rest, "due_at"));
	buf_add_str(out, "still to be delivered:\n");
	while (json_scan_element(&delivery, &left))
		add_delivery(out, delivery);
}

static void add_given_up(struct buf *out, struct str_view why)
{
	const char *end = why.data + why.len;
	const char *at = why.data;

	if (why.len)
		buf_add_str(out, "given up:\n");
	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((stop ? stop : end) - at);

		if (len)
			add_delivery(out, (struct str_view){ at, len });
		at += len + 1;
	}
}

void show_text_event(struct buf *out, const struct walk_event *event, struct str_view why)
{
	static const char *const keys[] = { "received_at",  "name",	"provider",
					    "event",	    "delivery", "remote",
					    "replayed_from" };
	size_t i;

	buf_add_format(out, "%-13s%s\n%-13s%s/%s\n", "id", event->id, "file",
		       event->folder, event->file);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		add_field(out, keys[i], walk_member(event, keys[i]));
	add_waiting(out, event->rest);
	add_given_up(out, why);
}

void show_text_line(struct buf *out, const struct walk_event *event)
{
	buf_add_char(out, '\n');
	terminal_add_raw(out, event->line);
	buf_add_char(out, '\n');
}
