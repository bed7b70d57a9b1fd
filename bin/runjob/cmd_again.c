#include "bin/runjob/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bin/runjob/request.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job.h"
#include "lib/setting_limit.h"
#include "lib/str.h"
#include "lib/turn.h"

enum { INPUT_LIMIT = 64 * 1024 * 1024 };

/* Whoever looks at the old one finds the new one.  Nobody does if it was removed meanwhile. */
static int note_successor(const struct job *job, const char *id, struct error *err)
{
	auto_close int fd =
		openat(job->fd, "again", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	auto_free char *line = str_format("%s\n", id);

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return error_errno(err, "open '%s/again'", job->dir);
	return file_write(fd, line, strlen(line), "again", err);
}

int cmd_again(struct context *context, struct error *err)
{
	auto_turn struct turn turn = TURN_NONE;
	auto_job struct job job = JOB_NONE;
	auto_job_plan struct job_plan plan = JOB_PLAN_EMPTY;
	auto_buf struct buf input = BUF_EMPTY;
	const char *id = NULL;
	bool found = false;

	if (request_operand(&id, context, err) < 0 ||
	    request_find(&job, context, id, err) < 0 ||
	    job_plan_read(&plan, &job, err) < 0 ||
	    file_read_if(&input, &found, job.fd, "stdin", INPUT_LIMIT, err) < 0)
		return -1;
	free(plan.again);
	plan.again = str_dup(job.id);
	plan.created_ms = (uint64_t)date_now_ms();
	/* A pipeline takes no slot from its tasks, see spec_pipeline.c. */
	plan.waits = !str_ends(plan.exec.items[0], "/runjob-pipeline");
	if (setting_again(&plan, &context->config, err) < 0 ||
	    request_store(&turn, context, &plan,
			  (struct str_view){ input.data, input.len }, err) < 0 ||
	    turn_start(&turn, &context->layout, -1, err) < 0 ||
	    note_successor(&job, turn.submission.job.id, err) < 0)
		return -1;
	printf(context->options.json ? "{\"id\":\"%s\"}\n" : "%s\n",
	       turn.submission.job.id);
	return fflush(stdout) == 0 ? 0 : error_errno(err, "write standard output");
}
