#include "lib/job_held.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job_queue.h"

enum { FAILURE_LIMIT = 4096 };

static const char failure[] = "error";
static const char written[] = "keeper.tmp";

/* It need not last: who comes after us looks anew. */
static void put(const struct job_queue *queue, const char *name, const char *text)
{
	struct error ignored = { 0 };
	auto_close int fd = openat(queue->fd, written,
				   O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd >= 0 && file_write(fd, text, strlen(text), written, &ignored) == 0)
		(void)renameat(queue->fd, written, queue->fd, name);
}

void job_held_fail(const struct job_queue *queue, const char *why)
{
	if (why)
		put(queue, failure, why);
	else
		(void)unlinkat(queue->fd, failure, 0);
}

void job_held_failure(struct buf *why, const struct job_queue *queue)
{
	struct error ignored = { 0 };
	bool found = false;

	(void)file_read_if(why, &found, queue->fd, failure, FAILURE_LIMIT, &ignored);
}
