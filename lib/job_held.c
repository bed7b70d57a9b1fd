#include "lib/job_held.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job_queue.h"
#include "lib/str.h"

enum { LINE_LEN = 3 * JOB_HELD_LEN + 1, FAILURE_LIMIT = 4096 };

static const char path[] = "pressure";
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

void job_held_say(const struct job_queue *queue, const struct job_held *held)
{
	char line[LINE_LEN];

	snprintf(line, sizeof(line), "%s %s %s\n", held->what, held->now, held->limit);
	put(queue, path, line);
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

void job_held_lift(const struct job_queue *queue)
{
	(void)unlinkat(queue->fd, path, 0);
}

static bool take(char word[static JOB_HELD_LEN], const char **text, const char *letters)
{
	struct str_view view = { NULL, 0 };

	if (!*text)
		return false;
	view = str_split(text, ' ');
	if (!view.len || view.len >= JOB_HELD_LEN ||
	    strspn(view.data, letters) < view.len)
		return false;
	memcpy(word, view.data, view.len);
	word[view.len] = '\0';
	return true;
}

bool job_held_read(struct job_held *held, const struct job_queue *queue)
{
	auto_close int fd = openat(queue->fd, path, O_RDONLY | O_CLOEXEC);
	char line[LINE_LEN] = "";
	struct job_held got = { "", "", "" };
	const char *text = line;

	if (fd < 0 || read(fd, line, sizeof(line) - 1) <= 0)
		return false;
	line[strcspn(line, "\n")] = '\0';
	if (!take(got.what, &text, "cpumeoryi") || !take(got.now, &text, ".0123456789") ||
	    !take(got.limit, &text, ".0123456789"))
		return false;
	*held = got;
	return true;
}
