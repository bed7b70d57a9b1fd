#include "bin/runjob/commands.h"

#include <fcntl.h>
#include <unistd.h>

#include "bin/runjob/bundle.h"
#include "bin/runjob/request.h"
#include "bin/runjob/tar.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/job.h"

int cmd_debug(struct context *context, struct error *err)
{
	auto_job struct job job = JOB_NONE;
	auto_close int file = -1;
	struct tar tar = { STDOUT_FILENO, date_now_ms() / 1000 };
	const char *path = context->options.output;
	const char *id = NULL;

	if (request_operand(&id, context, err) < 0 ||
	    request_find(&job, context, id, err) < 0)
		return -1;
	if (!path && isatty(STDOUT_FILENO))
		return error_set(err, ERROR_USAGE,
				 "the bundle is no text: want -o FILE, or a pipe");
	if (path) {
		file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		if (file < 0)
			return error_errno(err, "create '%s'", path);
		tar.fd = file;
	}
	if (bundle_job(&tar, &context->layout, &job, err) < 0)
		return -1;
	if (path && close(steal_fd(&file)) < 0)
		return error_errno(err, "close '%s'", path);
	return 0;
}
