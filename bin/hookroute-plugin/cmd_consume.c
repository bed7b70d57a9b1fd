#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bin/hookroute-plugin/commands.h"
#include "bin/hookroute-plugin/dropped.h"
#include "bin/hookroute-plugin/lookup.h"
#include "bin/hookroute-plugin/occasion.h"
#include "bin/hookroute-plugin/run.h"
#include "bin/hookroute-plugin/starter.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_plain.h"
#include "lib/json_scan.h"
#include "lib/layout.h"
#include "lib/lines.h"
#include "lib/log.h"
#include "lib/path.h"
#include "lib/reply.h"

enum { LINE_LIMIT = 64 << 20, BATCH = 64, HANDOVER = 4 << 20 };

/* A value that came, and what became of it. */
struct entry {
	struct error err; /* the first thing that went wrong */
	struct buf jobs;  /* their ids, as JSON strings with commas */
};

struct consumer {
	struct lookup lookup;
	struct starter starter;
	char *program;
	struct entry entries[BATCH];
	size_t count;
	struct buf specs;  /* lines for runjob, and whose each is: an index of entries */
	struct buf owners; /* bytes */
};

static void note(struct entry *entry, const struct error *problem)
{
	/* What may pass is worth another try, whatever else is wrong. */
	if (entry->err.kind == ERROR_NONE ||
	    (strcmp(error_retry_word(&entry->err), "permanent") == 0 &&
	     strcmp(error_retry_word(problem), "temporary") == 0))
		entry->err = *problem;
}

static void take_reply(struct entry *entry, struct str_view reply)
{
	struct str_view ok = { "", 0 };
	struct str_view id = { "", 0 };
	struct str_view error = { "{}", 2 };
	struct str_view text = { "", 0 };
	struct str_view kind = { "", 0 };
	struct error problem = { 0 };

	if (json_scan_member(&ok, reply, "ok") && str_view_equal(ok, "true")) {
		if (json_scan_member(&id, reply, "id")) {
			buf_add_str(&entry->jobs, entry->jobs.len ? "," : "");
			buf_add(&entry->jobs, id.data, id.len);
		}
		return;
	}
	(void)json_plain_object(&error, reply, "error");
	(void)json_scan_member(&text, error, "message");
	(void)json_plain_string(&kind, error, "kind");
	(void)error_set(&problem,
			str_view_equal(kind, "permanent") ? ERROR_DATA : ERROR_TEMPORARY,
			"runjob: %.*s", (int)(text.len < 400 ? text.len : 400),
			text.data);
	note(entry, &problem);
}

/* Start what has been written down. */
static void hand_over(struct consumer *consumer)
{
	auto_buf struct buf replies = BUF_EMPTY;
	struct error problem = { 0 };
	const char *rest;
	size_t i;

	if (!consumer->owners.len)
		return;
	if (starter_exchange(&replies, &consumer->starter, &consumer->specs,
			     consumer->owners.len, &problem) < 0)
		log_warning("%s", problem.message);
	rest = buf_str(&replies);
	for (i = 0; i < consumer->owners.len; i++) {
		struct entry *entry =
			&consumer->entries[(unsigned char)consumer->owners.data[i]];

		if (problem.kind != ERROR_NONE)
			note(entry, &problem);
		else
			take_reply(entry, str_split(&rest, '\n'));
	}
	buf_clear(&consumer->specs);
	buf_clear(&consumer->owners);
}

/* A plugin that does not work lets its events wait. */
static int check_run(struct consumer *consumer, const struct run *run, struct error *err)
{
	enum store_state state = STORE_READY;
	auto_free char *path = store_path(consumer->lookup.store, run->plugin);
	char version[VERSION_LEN];

	if (lookup_state(&state, &consumer->lookup, run->plugin, err) < 0)
		return -1;
	if (state == STORE_READY)
		return 0;
	version_format(version, &run->plugin->version);
	return error_set(err, ERROR_TEMPORARY,
			 "plugin '%s@%s' does not work: its file %s, '%s'",
			 run->plugin->name, version,
			 state == STORE_MISSING ? "is missing" : "has changed", path);
}

static bool is_wanted(const struct run *run)
{
	const struct occasion *occasion = run->occasion;

	if (!run->plugin->enabled)
		return false;
	if (occasion->scheduled.len)
		return str_view_equal(occasion->scheduled, run->plugin->name);
	return occasion_is(occasion, run_setting(run, "events"));
}

static void start_plugin(struct consumer *consumer, const struct occasion *occasion,
			 const struct registry_assignment *assignment)
{
	struct entry *entry = &consumer->entries[consumer->count];
	struct run run = { .lookup = &consumer->lookup,
			   .occasion = occasion,
			   .plugin = lookup_version(&consumer->lookup, assignment),
			   .repository = assignment->repository,
			   .program = consumer->program };
	struct error problem = { 0 };

	if (!run.plugin) {
		(void)error_set(&problem, ERROR_TEMPORARY,
				"plugin '%s' has not the version that '%s' is assigned",
				assignment->plugin, assignment->repository);
		note(entry, &problem);
		return;
	}
	if (!is_wanted(&run))
		return;
	if (check_run(consumer, &run, &problem) < 0) {
		note(entry, &problem);
		return;
	}
	run_write(&consumer->specs, &run);
	buf_add_char(&consumer->owners, (char)consumer->count);
	if (consumer->specs.len > HANDOVER)
		hand_over(consumer);
}

static bool is_among(const struct registry_assignment *list, size_t count,
		     const char *plugin)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (str_equal(list[i].plugin, plugin))
			return true;
	}
	return false;
}

/* The plugins of the repository, and those of the hook if it serves many. */
static int start_plugins(struct consumer *consumer, struct str_view line,
			 struct error *err)
{
	struct occasion occasion = { .id = { NULL, 0 } };
	const struct registry_assignment *own;
	const struct registry_assignment *hook;
	size_t own_count = 0;
	size_t hook_count = 0;
	size_t i;

	if (occasion_read(&occasion, line, err) < 0)
		return -1;
	if (occasion_is_own(&occasion))
		return 0;
	own = lookup_assigned(&own_count, &consumer->lookup, occasion.repository);
	hook = lookup_assigned(&hook_count, &consumer->lookup, occasion.name);
	for (i = 0; i < own_count; i++)
		start_plugin(consumer, &occasion, &own[i]);
	for (i = 0; i < hook_count; i++) {
		if (!is_among(own, own_count, hook[i].plugin))
			start_plugin(consumer, &occasion, &hook[i]);
	}
	return 0;
}

static void write_reply(struct buf *out, const struct entry *entry)
{
	if (entry->err.kind != ERROR_NONE) {
		reply_write_failure(out, &entry->err);
		return;
	}
	buf_add_format(out, "{\"ok\":true,\"jobs\":[%s]}\n", buf_str(&entry->jobs));
}

static int answer(struct consumer *consumer, struct error *err)
{
	auto_buf struct buf replies = BUF_EMPTY;
	size_t i;

	hand_over(consumer);
	for (i = 0; i < consumer->count; i++) {
		write_reply(&replies, &consumer->entries[i]);
		buf_free(&consumer->entries[i].jobs);
		consumer->entries[i] = (struct entry){ .jobs = BUF_EMPTY };
	}
	consumer->count = 0;
	return file_write(STDOUT_FILENO, replies.data, replies.len, "standard output",
			  err);
}

/* False at the end of input. */
static int take_line(bool *found, struct consumer *consumer, struct lines *lines,
		     struct error *err)
{
	struct entry *entry = &consumer->entries[consumer->count];
	struct str_view line = { NULL, 0 };
	struct error problem = { 0 };

	*found = true;
	if (lines_next(&line, found, lines, &problem) < 0 && problem.kind != ERROR_DATA) {
		*err = problem;
		return -1;
	}
	if (!*found)
		return 0;
	if (problem.kind == ERROR_NONE &&
	    lookup_refresh(&consumer->lookup, &problem) == 0)
		(void)start_plugins(consumer, line, &problem);
	if (problem.kind != ERROR_NONE)
		note(entry, &problem);
	consumer->count++;
	return 0;
}

static int consume(struct consumer *consumer, struct error *err)
{
	auto_lines struct lines lines = LINES(STDIN_FILENO, LINE_LIMIT);
	bool found = true;

	while (found) {
		if (take_line(&found, consumer, &lines, err) < 0)
			return -1;
		if (found && consumer->count < BATCH && lines_is_ready(&lines))
			continue;
		if (answer(consumer, err) < 0)
			return -1;
	}
	return 0;
}

int cmd_consume(const struct options *options, const struct layout *layout,
		struct error *err)
{
	auto_store struct store store = STORE_NONE;
	struct consumer consumer = { .lookup = LOOKUP(&store), .starter = STARTER_NONE };
	int failed;

	(void)options;
	if (store_open(&store, layout, err) < 0 || dropped_load(&store, NULL, err) < 0)
		return -1;
	consumer.program = path_join(layout->libexec, "hookroute-plugin-exec");
	failed = consume(&consumer, err);
	starter_close(&consumer.starter);
	lookup_free(&consumer.lookup);
	buf_free(&consumer.specs);
	buf_free(&consumer.owners);
	free(consumer.program);
	return failed;
}
