#include "bin/runjob/request.h"

#include <stdlib.h>
#include <unistd.h>

#include "bin/runjob/commands.h"
#include "lib/buf.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/setting.h"
#include "lib/setting_limit.h"
#include "lib/str.h"
#include "lib/turn.h"
#include "lib/uuid.h"

static int complete(struct context *context, struct error *err)
{
	struct job_plan *plan = &context->options.plan;
	int i;

	if (context->options.operand_count == 0)
		return error_set(err, ERROR_USAGE, "a command to run is missing");
	for (i = 0; i < context->options.operand_count; i++)
		job_texts_add(&plan->exec, context->options.operands[i]);
	if (!*plan->exec.items[0])
		return error_set(err, ERROR_USAGE, "the command to run is empty");
	/* Relative paths are the caller's; the supervisor lives elsewhere. */
	if (!plan->dir || plan->dir[0] != '/') {
		char *here = realpath(plan->dir ? plan->dir : ".", NULL);

		if (!here)
			return error_errno(err, "find folder '%s'",
					   plan->dir ? plan->dir : ".");
		free(plan->dir);
		plan->dir = here;
	}
	return setting_complete(plan, &context->config, err);
}

int request_store(struct turn *turn, const struct context *context,
		  const struct job_plan *plan, struct str_view input, struct error *err)
{
	struct uuid_source source = { 0 };
	char id[UUID_LEN];
	auto_buf struct buf text = BUF_EMPTY;
	struct submit_what what = { .id = id, .plan = plan, .input = input };

	uuid_next(id, &source, date_now_ms());
	setting_dump(&text, id, plan);
	what.spec = (struct str_view){ text.data, text.len };
	return turn_store(turn, &context->layout, &what, err);
}

int request_start(struct turn *turn, struct context *context, int stdin_fd,
		  struct error *err)
{
	if (complete(context, err) < 0 ||
	    request_store(turn, context, &context->options.plan,
			  (struct str_view){ NULL, 0 }, err) < 0)
		return -1;
	return turn_start(turn, &context->layout, stdin_fd, err);
}

int request_find(struct job *job, const struct context *context, const char *id,
		 struct error *err)
{
	bool found = false;

	if (job_open(job, &found, &context->layout, id, err) < 0)
		return -1;
	return found ? 0 : error_set(err, ERROR_ABSENT, "no job '%s'", id);
}

int request_operand(const char **operand, const struct context *context,
		    struct error *err)
{
	if (context->options.operand_count != 1)
		return error_set(err, ERROR_USAGE, "one job id is wanted");
	*operand = context->options.operands[0];
	return 0;
}
