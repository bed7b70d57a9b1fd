#include "bin/runjob/commands.h"

#include <unistd.h>

#include "bin/runjob/follow.h"
#include "bin/runjob/request.h"
#include "lib/buf.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job.h"

static int wait_for(struct context *context, const char *id, struct error *err)
{
	auto_job struct job job = JOB_NONE;
	auto_buf struct buf text = BUF_EMPTY;
	struct follow follow = FOLLOW_OF(&job);

	if (request_find(&job, context, id, err) < 0 || follow_job(&follow, err) < 0)
		return -1;
	context->status = job_exit_status(&follow.status);
	if (!context->options.json)
		return 0;
	job_status_dump(&text, &job, &follow.status);
	buf_add_char(&text, '\n');
	return file_write(STDOUT_FILENO, text.data, text.len, "standard output", err);
}

/* As the shell's wait: the status is that of the last one. */
int cmd_wait(struct context *context, struct error *err)
{
	int i;

	if (context->options.operand_count == 0)
		return error_set(err, ERROR_USAGE, "a job id is wanted");
	for (i = 0; i < context->options.operand_count; i++) {
		if (wait_for(context, context->options.operands[i], err) < 0)
			return -1;
	}
	return 0;
}
