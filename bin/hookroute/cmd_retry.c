#include "bin/hookroute/commands.h"
#include "bin/hookroute/operation.h"
#include "bin/hookroute/options.h"
#include "bin/hookroute/pick.h"
#include "bin/hookroute/revive.h"
#include "bin/hookroute/walk.h"
#include "lib/error.h"

static int retry_dead(enum walk_answer *answer, void *context,
		      const struct walk_event *event, struct error *err)
{
	struct operation *operation = context;
	bool found = false;

	*answer = WALK_ON;
	if (!operation_wants(operation, event))
		return 0;
	if (revive_event(&found, &operation->spool, event->file, operation->options->to,
			 err) < 0)
		return -1;
	return found ? operation_note(operation, event, NULL, err) : 0;
}

static int retry_waiting(enum walk_answer *answer, void *context,
			 const struct walk_event *event, struct error *err)
{
	struct operation *operation = context;
	enum revived what;

	*answer = WALK_ON;
	if (!operation_wants(operation, event))
		return 0;
	if (revive_waiting(&what, &operation->spool, event->file, operation->options->to,
			   err) < 0)
		return -1;
	operation->busy += what == REVIVED_LATER;
	return what == REVIVED ? operation_note(operation, event, NULL, err) : 0;
}

int cmd_retry(const struct options *options, const struct layout *layout,
	      struct error *err)
{
	auto_operation struct operation operation = OPERATION_NONE;
	struct walk dead = { .spool = &operation.spool,
			     .each = retry_dead,
			     .context = &operation };
	struct walk waiting = { .spool = &operation.spool,
				.each = retry_waiting,
				.context = &operation };

	if (options->dead + options->all + (options->operand_count > 0) != 1)
		return error_set(err, ERROR_USAGE,
				 "retry wants ids, or --dead, or --all");
	if (operation_open(&operation, "retry", options, layout, err) < 0)
		return -1;
	/* What waits first: what comes from dead/ is due already. */
	if ((!options->dead && walk_state(&waiting, SPOOL_DEFER, err) < 0) ||
	    (!options->all && walk_state(&dead, SPOOL_DEAD, err) < 0))
		return -1;
	return operation_verdict(&operation, "dead/ or defer/", err);
}
