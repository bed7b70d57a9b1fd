#include "bin/hookroute/loader.h"

#include <fcntl.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/log.h"
#include "lib/path.h"

enum { AT_ONCE_MS = 5000 };

static int start(struct loader *loader, const char *program, struct error *err)
{
	const char *const argv[] = { program, "watch", NULL };
	struct process_start how = { .argv = argv, .out = -1, .err = STDERR_FILENO };
	int ends[2] = { -1, -1 };
	int failed;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(err, "make a pipe");
	how.in = ends[0];
	failed = process_spawn(&loader->process, &how, err);
	close(ends[0]);
	loader->alive = ends[1];
	return failed;
}

void loader_start(struct loader *loader, const struct layout *layout)
{
	auto_free char *program = path_join(layout->libexec, "hookroute-plugin");
	struct error problem = { 0 };

	loader->started_ms = date_now_ms();
	if (start(loader, program, &problem) < 0)
		log_warning("plugins are not watched: %s", problem.message);
}

void loader_poll(const struct loader *loader, struct pollfd *polled)
{
	*polled = (struct pollfd){ loader->process.pidfd, POLLIN, 0 };
}

void loader_work(struct loader *loader, const struct pollfd *polled,
		 const struct layout *layout)
{
	bool at_once = date_now_ms() - loader->started_ms < AT_ONCE_MS;

	if (!polled->revents || loader->process.pid <= 0)
		return;
	loader_end(loader);
	log_warning("who watches plugins has ended%s",
		    at_once ? ": they are not watched" : ", starting it again");
	if (!at_once)
		loader_start(loader, layout);
}

void loader_end(struct loader *loader)
{
	struct process_outcome outcome = { false, 0 };
	struct error ignored = { 0 };

	cleanup_close(&loader->alive);
	/* How it ended cannot be helped. */
	if (loader->process.pid > 0)
		(void)process_wait(&outcome, &loader->process, &ignored);
	*loader = (struct loader)LOADER_NONE;
}
