#include "bin/hookrecv/gap.h"

#include <stdlib.h>
#include <string.h>

#include "bin/hookrecv/forge.h"
#include "bin/hookrecv/recovered.h"
#include "bin/hookrecv/seen.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/json_plain.h"
#include "lib/json_scan.h"

#define RECENT_MS ((int64_t)10 * 60 * 1000)

enum {
	PAGES_MAX = 50,
	RECENT = 20, /* deliveries, where the forge does not say when they were */
};

/* A line of forge_list. */
struct line {
	struct str_view id;
	struct str_view delivery;
	struct str_view event;
	struct str_view status;
	bool is_delivered;
	uint64_t at_ms; /* 0: unknown */
};

static int read_line(struct line *line, struct str_view text, struct error *err)
{
	struct str_view delivered = { NULL, 0 };

	if (!json_plain_is_valid(text) || !json_plain_string(&line->id, text, "id") ||
	    !json_plain_string(&line->delivery, text, "delivery") ||
	    !json_plain_string(&line->event, text, "event") ||
	    !json_plain_string(&line->status, text, "status") ||
	    !json_scan_member(&delivered, text, "delivered") ||
	    !json_plain_u64(&line->at_ms, text, "at_ms"))
		return error_set(err, ERROR_BUG, "hookrecv-forge tells no delivery");
	line->is_delivered = str_view_equal(delivered, "true");
	return 0;
}

static char *copy(struct str_view text)
{
	return str_format("%.*s", (int)text.len, text.data);
}

static struct recovered *find(const struct recovered_list *list, const char *delivery)
{
	for (size_t i = 0; i < list->count; i++) {
		if (str_equal(list->items[i].delivery, delivery))
			return &list->items[i];
	}
	return NULL;
}

static int keep(const struct recovered *item, const struct gap *gap, struct error *err)
{
	return gap->dry ? 0 : recovered_write(item, gap->place, err);
}

/* A delivery has a line for each try: whether one of them went well is told of it. */
static int note_again(struct recovered *item, const struct line *line,
		      const struct gap *gap, struct error *err)
{
	if (!line->is_delivered || item->missing || item->recovered_ms)
		return 0;
	item->missing = true;
	return keep(item, gap, err);
}

/* It was delivered when we may have known it, and have forgotten it since. */
static bool is_forgotten(const struct line *line, const struct gap *gap)
{
	return line->is_delivered && (int64_t)line->at_ms < gap->known_ms;
}

static int note(struct recovered_list *list, const struct line *line,
		const struct gap *gap, struct error *err)
{
	auto_recovered struct recovered item = RECOVERED_EMPTY;
	auto_free char *delivery = copy(line->delivery);
	struct seen_entry entry = { gap->place->hook_id, delivery, "", "" };
	struct recovered *known = find(list, delivery);

	if (known)
		return note_again(known, line, gap, err);
	if (seen_has(gap->seen, &entry) || is_forgotten(line, gap))
		return 0;
	item.delivery = copy(line->delivery);
	item.forge_id = copy(line->id);
	item.event = copy(line->event);
	item.status = copy(line->status);
	item.missing = line->is_delivered;
	item.found_ms = gap->now_ms;
	if (keep(&item, gap, err) < 0)
		return -1;
	recovered_add(list, &item);
	return 0;
}

/* Deliveries that were made a moment ago are looked at once more the next time: they are not
 * listed in the order in which they end. */
static bool is_settled(const struct line *line, size_t index, const struct gap *gap)
{
	return line->at_ms > 0 ? (int64_t)line->at_ms < gap->now_ms - RECENT_MS
			       : index >= RECENT;
}

/* *top becomes the newest one that is settled. */
static int note_all(struct recovered_list *list, char **top, const struct buf *lines,
		    const struct gap *gap, struct error *err)
{
	const char *rest = buf_str(lines);
	size_t index;

	for (index = 0; rest && *rest; index++) {
		struct str_view text = str_split(&rest, '\n');
		struct line line = { .at_ms = 0 };

		if (read_line(&line, text, err) < 0 || note(list, &line, gap, err) < 0)
			return -1;
		if (!*top && is_settled(&line, index, gap))
			*top = copy(line.id);
	}
	return 0;
}

static void replace(char **text, const char *by)
{
	free(*text);
	*text = str_dup(by ? by : "");
}

/* The last of what the turn does: a crash before has it looked through once more. */
static int move_mark(struct recovered_mark *mark, const char *top, const char *next,
		     const struct gap *gap, struct error *err)
{
	bool is_first = !*mark->next;

	if (is_first)
		replace(&mark->top, top);
	replace(&mark->next, next);
	if (!next) {
		if (*mark->top)
			replace(&mark->upto, mark->top);
		replace(&mark->top, NULL);
	}
	return recovered_mark_write(mark, gap->place, err);
}

/* A page that the forge has no longer: the next turn begins anew. */
static int restart(struct recovered_mark *mark, const struct gap *gap)
{
	struct error ignored = { 0 };

	if (!*mark->next || gap->dry)
		return -1;
	replace(&mark->next, NULL);
	replace(&mark->top, NULL);
	(void)recovered_mark_write(mark, gap->place, &ignored); /* the failure counts */
	return -1;
}

int gap_find(struct recovered_list *list, const struct gap *gap, struct error *err)
{
	auto_recovered_mark struct recovered_mark mark = RECOVERED_MARK_EMPTY;
	auto_buf struct buf lines = BUF_EMPTY;
	auto_free char *next = NULL;
	auto_free char *top = NULL;
	struct forge_range range = { .since_ms = gap->since_ms, .pages = PAGES_MAX };

	if (recovered_mark_read(&mark, gap->place, err) < 0)
		return -1;
	range.after = gap->once ? "" : mark.upto;
	range.next = gap->once ? "" : mark.next;
	if (forge_list(&lines, &next, gap->forge, &range, err) < 0)
		return err->kind == ERROR_TEMPORARY ? -1 : restart(&mark, gap);
	if (note_all(list, &top, &lines, gap, err) < 0)
		return -1;
	recovered_sort(list);
	if (gap->once || gap->dry)
		return 0;
	return move_mark(&mark, top, next, gap, err);
}
