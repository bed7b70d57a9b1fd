#include "bin/runjob/owner.h"

#include "bin/runjob/commands.h"
#include "lib/job_owner_ask.h"
#include "lib/str.h"

int owner_choose(struct context *context, struct error *err)
{
	const char *text = context->options.owner;

	if (!text)
		return 0;
	if (job_owner_ask(context->owner, &context->layout, text, err) < 0)
		return -1;
	context->layout.owner = context->owner;
	context->options.plan.owner = str_dup(context->owner);
	return 0;
}
