#include <string.h>
#include <unistd.h>

#include "bin/hookroute/aside.h"
#include "bin/hookroute/commands.h"
#include "bin/hookroute/operation.h"
#include "bin/hookroute/options.h"
#include "bin/hookroute/past.h"
#include "bin/hookroute/replay.h"
#include "bin/hookroute/replay_plan.h"
#include "lib/buf.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/log.h"

enum { BATCH_EVENTS = 1024, BATCH_BYTES = 4 << 20 };

/* An event that is to come again. */
struct copy {
	char id[UUID_LEN];
	char from[UUID_LEN];
};

struct replaying {
	struct operation operation;
	const char *route; /* only what comes of this one; NULL for all */
	struct routes routes;
	struct replay_plan plan;
	struct uuid_source ids;
	struct buf lines;		  /* of the batch */
	struct copy copies[BATCH_EVENTS]; /* of the batch */
	size_t count;
};

static int note(struct replaying *replaying, const struct copy *copy,
		struct str_view line, struct error *err)
{
	struct walk_event event = { .line = line };

	memcpy(event.id, copy->from, UUID_LEN);
	return operation_note(&replaying->operation, &event, copy->id, err);
}

/* What is printed is on the disk. */
static int publish(struct replaying *replaying, struct error *err)
{
	const char *rest = buf_str(&replaying->lines);
	size_t i;

	if (!replaying->count)
		return 0;
	if (spool_put(&replaying->operation.spool, replaying->copies[0].id,
		      replaying->lines.data, replaying->lines.len, err) < 0)
		return -1;
	for (i = 0; i < replaying->count; i++) {
		struct str_view line = str_split(&rest, '\n');

		if (note(replaying, &replaying->copies[i], line, err) < 0)
			return -1;
	}
	buf_clear(&replaying->lines);
	replaying->count = 0;
	return 0;
}

/* For one route there is nothing to decide later: its deliveries wait, due at once. */
static int replay_route(struct replaying *replaying, const struct copy *copy,
			struct str_view line, struct error *err)
{
	auto_deliveries struct deliveries left = DELIVERIES_EMPTY;
	const struct aside aside = { &replaying->operation.spool, copy->id, line };

	if (replay_plan_apply(&left, &replaying->plan, line, err) < 0)
		return -1;
	if (!left.count)
		return 0;
	if (aside_defer(&aside, &left, date_now_ms(), err) < 0)
		return -1;
	return note(replaying, copy, line, err);
}

static int replay_event(void *context, const struct walk_event *event, struct error *err)
{
	struct replaying *replaying = context;
	struct copy *copy = &replaying->copies[replaying->count];
	size_t start = replaying->lines.len;

	operation_find(&replaying->operation, event->id);
	if (replaying->operation.options->dry_run)
		return replay_plan_print(&replaying->plan, event, err);
	uuid_next(copy->id, &replaying->ids, date_now_ms());
	memcpy(copy->from, event->id, UUID_LEN);
	replay_line(&replaying->lines, event->line, copy->id, event->id);
	if (replaying->route) {
		struct str_view line = { replaying->lines.data + start,
					 replaying->lines.len - start };
		int failed = replay_route(replaying, copy, line, err);

		buf_clear(&replaying->lines);
		return failed;
	}
	buf_add_char(&replaying->lines, '\n');
	replaying->count++;
	if (replaying->count < BATCH_EVENTS && replaying->lines.len < BATCH_BYTES)
		return 0;
	return publish(replaying, err);
}

static int replay(struct replaying *replaying, const struct options *options,
		  const struct layout *layout, struct error *err)
{
	struct past past = { .spool = &replaying->operation.spool,
			     .options = options,
			     .each = replay_event,
			     .context = replaying };
	int failed;

	if (operation_open(&replaying->operation, "replay", options, layout, err) < 0)
		return -1;
	if ((options->route || options->dry_run) &&
	    routes_load(&replaying->routes, layout, NULL, err) < 0)
		return -1;
	failed = past_walk(&past, err);
	seen_free(&past.seen);
	if (failed || publish(replaying, err) < 0)
		return -1;
	if ((options->dry_run || options->route) &&
	    replay_plan_verdict(&replaying->plan, err) < 0)
		return -1;
	return operation_verdict(&replaying->operation, "done/ or dead/", err);
}

int cmd_replay(const struct options *options, const struct layout *layout,
	       struct error *err)
{
	struct replaying replaying = {
		.operation = OPERATION_NONE,
		.route = options->route,
		.routes = ROUTES_NONE,
		.plan = { .routes = &replaying.routes,
			  .route = options->route,
			  .json = options->json || !isatty(STDOUT_FILENO) },
	};
	int failed;

	if (!options->operand_count && options->since_ms == INT64_MIN)
		return error_set(err, ERROR_USAGE, "replay wants ids, or --since");
	failed = replay(&replaying, options, layout, err);
	operation_close(&replaying.operation);
	routes_free(&replaying.routes);
	buf_free(&replaying.lines);
	return failed;
}
