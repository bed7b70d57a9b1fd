#include "bin/hookroute/log_text.h"

#include "bin/hookroute/terminal.h"
#include "lib/buf.h"
#include "lib/json_scan.h"

/* A member's text, without quotes if it is a string; empty when there is none. */
static struct str_view member(struct str_view line, const char *key)
{
	struct str_view value = { "", 0 };

	if (!json_scan_member(&value, line, key))
		return (struct str_view){ "", 0 };
	if (value.len >= 2 && value.data[0] == '"')
		return (struct str_view){ value.data + 1, value.len - 2 };
	return value;
}

static void add_detail(struct buf *out, struct str_view line, const char *before,
		       const char *key, const char *behind)
{
	struct str_view value = member(line, key);

	if (!value.len)
		return;
	buf_add_str(out, before);
	terminal_add(out, value);
	buf_add_str(out, behind);
}

void log_text_line(struct buf *out, struct str_view line)
{
	terminal_add_column(out, member(line, "at"), 26);
	terminal_add_column(out, member(line, "what"), 10);
	terminal_add(out, member(line, "id"));
	add_detail(out, line, "  ", "name", "");
	add_detail(out, line, " ", "event", "");
	add_detail(out, line, "  ", "route", "");
	add_detail(out, line, " to ", "to", "");
	add_detail(out, line, ", try ", "try", "");
	add_detail(out, line, ", ", "ms", " ms");
	add_detail(out, line, ", next try ", "due_at", "");
	add_detail(out, line, ", as ", "became", "");
	add_detail(out, line, ", by uid ", "uid", "");
	add_detail(out, line, ": ", "message", "");
	buf_add_char(out, '\n');
}
