#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bin/hookroute/commands.h"
#include "bin/hookroute/difference.h"
#include "bin/hookroute/options.h"
#include "bin/hookroute/past.h"
#include "bin/hookroute/terminal.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_write.h"
#include "lib/layout.h"
#include "lib/log.h"
#include "lib/path.h"

enum { PROGRESS_MS = 500 };

struct diffing {
	struct routes was;
	struct routes is;
	bool json;
	bool progress; /* a person waits */
	int64_t said_ms;
	size_t events;
	size_t different; /* of them */
	size_t added;	  /* deliveries */
	size_t removed;
	size_t changed;
};

static void write_delivery(struct json_writer *writer, const char *key,
			   const struct delivery *delivery)
{
	if (!delivery)
		return;
	json_write_object(writer, key);
	json_write_string(writer, "route", delivery->route);
	if (delivery->problem)
		json_write_string(writer, "error", delivery->problem);
	if (delivery->to)
		json_write_string(writer, "to", delivery->to);
	if (delivery->send)
		json_write_raw(writer, "send", delivery->send, strlen(delivery->send));
	if (delivery->with != WITH_NOTHING)
		json_write_string(writer, "with", routes_with_name(delivery->with));
	if (delivery->lane)
		json_write_string(writer, "lane", delivery->lane);
	json_write_object_end(writer);
}

static void write_json(struct buf *out, const struct walk_event *event,
		       const struct difference *difference)
{
	struct json_writer writer = JSON_WRITER(out);

	json_write_object(&writer, NULL);
	json_write_string(&writer, "event_id", event->id);
	write_delivery(&writer, "was", difference->was);
	write_delivery(&writer, "is", difference->is);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

static void add_line(struct buf *out, const char *sign, const struct delivery *delivery)
{
	const char *text = delivery->problem ? delivery->problem : delivery->send;

	if (!text)
		text = "";
	buf_add_str(out, sign);
	terminal_add_raw(out,
			 (struct str_view){ delivery->route, strlen(delivery->route) });
	if (delivery->to) {
		buf_add_str(out, " to ");
		terminal_add_raw(out,
				 (struct str_view){ delivery->to, strlen(delivery->to) });
	}
	buf_add_str(out, delivery->problem ? " fails: " : " ");
	terminal_add_raw(out, (struct str_view){ text, strlen(text) });
	buf_add_char(out, '\n');
}

static void write_text(struct buf *out, const struct difference *difference)
{
	if (difference->was)
		add_line(out, "- ", difference->was);
	if (difference->is)
		add_line(out, "+ ", difference->is);
}

static void write_head(struct buf *out, const struct walk_event *event)
{
	buf_add_format(out, "%s  ", event->id);
	terminal_add(out, walk_member(event, "name"));
	buf_add_char(out, ' ');
	terminal_add(out, walk_member(event, "event"));
	buf_add_char(out, '\n');
}

static void show_progress(struct diffing *diffing)
{
	int64_t now_ms = date_now_ms();

	if (!diffing->progress || now_ms - diffing->said_ms < PROGRESS_MS)
		return;
	diffing->said_ms = now_ms;
	(void)fprintf(stderr, "\r%zu events, %zu differ \r", diffing->events,
		      diffing->different);
}

/* An event that no routes can read has no deliveries with either. */
static void apply(struct deliveries *deliveries, struct routes *routes,
		  const struct walk_event *event)
{
	struct error err = { 0 };

	if (routes_apply(deliveries, routes, event->line, &err) < 0)
		log_warning("event %s: %s", event->id, err.message);
}

static int diff_event(void *context, const struct walk_event *event, struct error *err)
{
	struct diffing *diffing = context;
	auto_deliveries struct deliveries was = DELIVERIES_EMPTY;
	auto_deliveries struct deliveries is = DELIVERIES_EMPTY;
	auto_differences struct differences found = { NULL, 0 };
	auto_buf struct buf out = BUF_EMPTY;
	size_t i;

	apply(&was, &diffing->was, event);
	apply(&is, &diffing->is, event);
	differences_find(&found, &was, &is, event->id);
	diffing->events++;
	diffing->different += found.count > 0;
	if (found.count && !diffing->json)
		write_head(&out, event);
	for (i = 0; i < found.count; i++) {
		const struct difference *difference = &found.list[i];

		diffing->added += !difference->was;
		diffing->removed += !difference->is;
		diffing->changed += difference->was && difference->is;
		if (diffing->json)
			write_json(&out, event, difference);
		else
			write_text(&out, difference);
	}
	show_progress(diffing);
	return file_write(STDOUT_FILENO, out.data, out.len, "standard output", err);
}

static int diff(struct diffing *diffing, const struct options *options,
		const struct layout *layout, struct error *err)
{
	auto_free char *path = path_join(layout->state, "spool");
	auto_spool struct spool spool = SPOOL_NONE;
	struct past past = { .spool = &spool,
			     .options = options,
			     .each = diff_event,
			     .context = diffing };
	int failed;

	if (routes_load(&diffing->was, layout, NULL, err) < 0 ||
	    routes_load(&diffing->is, layout, options->routes, err) < 0 ||
	    spool_open(&spool, path, err) < 0)
		return -1;
	failed = past_walk(&past, err);
	seen_free(&past.seen);
	if (failed)
		return -1;
	if (!diffing->different) {
		log_notice("%zu events, no difference", diffing->events);
		return 0;
	}
	return error_set(err, ERROR_ABSENT,
			 "%zu of %zu events differ: %zu deliveries added, %zu removed, "
			 "%zu changed",
			 diffing->different, diffing->events, diffing->added,
			 diffing->removed, diffing->changed);
}

int cmd_diff(const struct options *options, const struct layout *layout,
	     struct error *err)
{
	struct diffing diffing = {
		.was = ROUTES_NONE,
		.is = ROUTES_NONE,
		.json = options->json || !isatty(STDOUT_FILENO),
		.progress = isatty(STDERR_FILENO),
	};
	int failed;

	if (!options->routes)
		return error_set(err, ERROR_USAGE, "diff wants --routes DIR");
	failed = diff(&diffing, options, layout, err);
	routes_free(&diffing.was);
	routes_free(&diffing.is);
	return failed;
}
