#include "bin/runjob/commands.h"

#include <unistd.h>

#include "bin/runjob/env.h"
#include "bin/runjob/request.h"
#include "lib/buf.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job.h"

int cmd_env(struct context *context, struct error *err)
{
	auto_job struct job job = JOB_NONE;
	auto_buf struct buf text = BUF_EMPTY;
	const char *id = NULL;

	if (request_operand(&id, context, err) < 0 ||
	    request_find(&job, context, id, err) < 0 ||
	    env_dump(&text, &job, context->options.json, err) < 0)
		return -1;
	return file_write(STDOUT_FILENO, buf_str(&text), text.len, "standard output",
			  err);
}
