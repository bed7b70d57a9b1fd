#include "bin/runjob/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bin/runjob/follow.h"
#include "bin/runjob/request.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/job.h"
#include "lib/job_log.h"

static int find_start(uint64_t *offset, const struct job *job,
		      const struct options *options, struct error *err)
{
	auto_close int fd = openat(job->fd, "log", O_RDONLY | O_CLOEXEC);
	struct stat info = { 0 };
	uint64_t size;

	*offset = options->from;
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || fstat(fd, &info) < 0)
		return error_errno(err, "open '%s/log'", job->dir);
	size = (uint64_t)info.st_size;
	if (options->has_bytes)
		*offset = size > options->bytes ? size - options->bytes : 0;
	if (options->has_lines && options->lines == 0)
		*offset = size;
	else if (options->has_lines)
		return job_log_lines(offset, fd, size, options->lines, err);
	return 0;
}

int cmd_tail(struct context *context, struct error *err)
{
	auto_job struct job job = JOB_NONE;
	struct follow follow = FOLLOW_OF(&job);
	struct view view = context->options.view;
	const char *id = NULL;

	if (view.stream || view.times)
		follow.view = &view;
	follow.out_fd = STDOUT_FILENO;
	if (request_operand(&id, context, err) < 0 ||
	    request_find(&job, context, id, err) < 0 ||
	    find_start(&follow.offset, &job, &context->options, err) < 0)
		return -1;
	view.from = follow.offset;
	return context->options.follow ? follow_job(&follow, err)
				       : follow_copy(&follow, err);
}
