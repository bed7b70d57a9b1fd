#include <errno.h>
#include <unistd.h>

#include "bin/hookroute/archive.h"
#include "bin/hookroute/aside.h"
#include "bin/hookroute/commands.h"
#include "bin/hookroute/operation.h"
#include "bin/hookroute/options.h"
#include "bin/hookroute/takeout.h"
#include "bin/hookroute/walk.h"
#include "lib/cleanup.h"
#include "lib/error.h"

static int put_dropped(void *context, const struct walk_event *event, struct error *err)
{
	struct operation *operation = context;
	auto_free char *progress = str_format("%s.done", event->file);

	if (archive_put(&operation->spool, event, err) < 0)
		return -1;
	if (event->state == SPOOL_DEFER || event->state == SPOOL_HOLD)
		(void)unlinkat(operation->spool.dir[SPOOL_DEFER], progress, 0);
	return operation_note(operation, event, NULL, err);
}

static bool wants(void *context, const struct walk_event *event)
{
	return operation_wants(context, event);
}

static int drop_held(enum walk_answer *answer, void *context,
		     const struct walk_event *event, struct error *err)
{
	struct operation *operation = context;

	*answer = WALK_ON;
	if (!operation_wants(operation, event))
		return 0;
	if (put_dropped(operation, event, err) < 0)
		return -1;
	if (unlinkat(operation->spool.dir[SPOOL_HOLD], event->file, 0) < 0)
		return error_errno(err, "remove 'hold/%s'", event->file);
	return 0;
}

static int drop_dead(enum walk_answer *answer, void *context,
		     const struct walk_event *event, struct error *err)
{
	struct operation *operation = context;

	*answer = WALK_ON;
	if (!operation_wants(operation, event))
		return 0;
	if (put_dropped(operation, event, err) < 0)
		return -1;
	return aside_forget(&operation->spool, event->file, err);
}

static int drop_all_dead(struct operation *operation, struct error *err)
{
	struct walk walk = { .spool = &operation->spool,
			     .each = drop_dead,
			     .context = operation };
	int failed;

	if (aside_lock_dead(&operation->spool, err) < 0)
		return -1;
	failed = walk_state(&walk, SPOOL_DEAD, err);
	aside_unlock_dead(&operation->spool);
	return failed;
}

static int drop_waiting(struct operation *operation, struct error *err)
{
	const struct takeout takeout = { .spool = &operation->spool,
					 .wants = wants,
					 .put = put_dropped,
					 .context = operation,
					 .busy = &operation->busy };
	struct walk held = { .spool = &operation->spool,
			     .each = drop_held,
			     .context = operation };

	if (takeout_all(&takeout, err) < 0)
		return -1;
	return walk_state(&held, SPOOL_HOLD, err);
}

int cmd_drop(const struct options *options, const struct layout *layout,
	     struct error *err)
{
	auto_operation struct operation operation = OPERATION_NONE;

	if (options->dead == (options->operand_count > 0))
		return error_set(err, ERROR_USAGE, "drop wants ids, or --dead");
	if (operation_open(&operation, "drop", options, layout, err) < 0)
		return -1;
	if (!options->dead && drop_waiting(&operation, err) < 0)
		return -1;
	if (drop_all_dead(&operation, err) < 0)
		return -1;
	return operation_verdict(&operation, "new/, defer/, hold/ or dead/", err);
}
