#include <string.h>
#include <unistd.h>

#include "bin/hookroute/commands.h"
#include "bin/hookroute/options.h"
#include "bin/hookroute/pick.h"
#include "bin/hookroute/stat_table.h"
#include "bin/hookroute/walk.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_plain.h"
#include "lib/json_scan.h"
#include "lib/layout.h"
#include "lib/path.h"

enum { WHY_LIMIT = 1 << 30 };

struct counting {
	const struct options *options;
	const struct spool *spool;
	struct stat_table table;
};

/* What is known of the event itself: "name", "event", "provider", "state". */
static struct str_view key_of(const struct walk_event *event, const char *by)
{
	const char *state = spool_state_name(event->state);
	struct str_view key;

	if (str_equal(by, "state"))
		return (struct str_view){ state, strlen(state) };
	key = walk_member(event, by);
	return key.len ? key : (struct str_view){ "-", 1 };
}

static void count_delivery(struct counting *counting, const struct walk_event *event,
			   struct str_view delivery)
{
	const char *by = counting->table.by;
	struct str_view key = { "-", 1 };

	(void)json_plain_string(&key, delivery,
				str_equal(by, "consumer") ? "to" : "route");
	stat_table_count(&counting->table, key, pick_time_ms(event), event->line.len);
}

/* Of what is not routed yet nobody knows for whom it is. */
static void count_left(struct counting *counting, const struct walk_event *event)
{
	struct str_view left = { "", 0 };
	struct str_view delivery;

	if (!event->rest.len || !json_scan_member(&left, event->rest, "left")) {
		count_delivery(counting, event, (struct str_view){ "{}", 2 });
		return;
	}
	while (json_scan_element(&delivery, &left))
		count_delivery(counting, event, delivery);
}

static int count_given_up(struct counting *counting, const struct walk_event *event,
			  struct error *err)
{
	auto_free char *why = str_format("%s.why", event->file);
	auto_buf struct buf text = BUF_EMPTY;
	bool found = false;
	const char *rest;

	if (file_read_if(&text, &found, counting->spool->dir[SPOOL_DEAD], why, WHY_LIMIT,
			 err) < 0)
		return -1;
	rest = buf_str(&text);
	while (rest) {
		struct str_view line = str_split(&rest, '\n');

		if (line.len)
			count_delivery(counting, event, line);
	}
	return 0;
}

static int count_event(enum walk_answer *answer, void *context,
		       const struct walk_event *event, struct error *err)
{
	struct counting *counting = context;
	const char *by = counting->table.by;

	*answer = WALK_ON;
	if (!pick_event(counting->options, event))
		return 0;
	if (!str_equal(by, "consumer") && !str_equal(by, "route")) {
		stat_table_count(&counting->table, key_of(event, by), pick_time_ms(event),
				 event->line.len);
		return 0;
	}
	if (event->state == SPOOL_DEAD)
		return count_given_up(counting, event, err);
	count_left(counting, event);
	return 0;
}

static int count_all(struct counting *counting, struct error *err)
{
	static const enum spool_state states[] = { SPOOL_NEW, SPOOL_CUR, SPOOL_DEFER,
						   SPOOL_HOLD, SPOOL_DEAD };
	struct walk walk = { .spool = counting->spool,
			     .each = count_event,
			     .context = counting };
	bool by_state = str_equal(counting->table.by, "state");
	bool dead = counting->options->dead;
	size_t i;

	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		const char *name = spool_state_name(states[i]);

		if (!by_state && (states[i] == SPOOL_DEAD) != dead)
			continue;
		if (by_state)
			(void)stat_table_row(&counting->table,
					     (struct str_view){ name, strlen(name) });
		if (walk_state(&walk, states[i], err) < 0)
			return -1;
	}
	return 0;
}

static int find_by(const char **by, const char *text, struct error *err)
{
	static const char *const known[] = { "state", "consumer", "name",
					     "event", "route",	  "provider" };
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (str_equal(known[i], text ? text : "state")) {
			*by = known[i];
			return 0;
		}
	}
	return error_set(err, ERROR_USAGE,
			 "--by wants state, consumer, route, name, event or provider, "
			 "not '%s'",
			 text);
}

int cmd_stat(const struct options *options, const struct layout *layout,
	     struct error *err)
{
	auto_free char *path = path_join(layout->state, "spool");
	auto_spool struct spool spool = SPOOL_NONE;
	auto_buf struct buf out = BUF_EMPTY;
	struct counting counting = { .options = options, .spool = &spool };
	int failed;

	if (find_by(&counting.table.by, options->by, err) < 0 ||
	    spool_open(&spool, path, err) < 0)
		return -1;
	counting.table.now_ms = date_now_ms();
	failed = count_all(&counting, err);
	stat_table_sort(&counting.table);
	if (options->json || !isatty(STDOUT_FILENO))
		stat_table_write_json(&out, &counting.table);
	else
		stat_table_write_text(&out, &counting.table);
	stat_table_free(&counting.table);
	if (failed)
		return -1;
	return file_write(STDOUT_FILENO, out.data, out.len, "standard output", err);
}
