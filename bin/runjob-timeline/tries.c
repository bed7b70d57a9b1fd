#include "bin/runjob-timeline/tries.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job.h"

enum { ATTEMPTS_LIMIT = 64 * 1024 * 1024 };

static struct try *room_for(struct tries *tries, uint64_t number)
{
	struct try *last = tries->count ? &tries->items[tries->count - 1] : NULL;
	struct try *items;

	if (last && last->number == number)
		return last;
	items = reallocarray(tries->items, tries->count + 1, sizeof(*items));
	if (!items)
		abort();
	tries->items = items;
	return &items[tries->count++];
}

static void take(struct tries *tries, const struct job_status *status, uint64_t number)
{
	struct try *try = room_for(tries, number);
	const struct try *before = try > tries->items ? try - 1 : NULL;

	*try = (struct try){ .number = number,
			     .state = status->state,
			     .queued_ms = before ? before->ended_ms : status->created_ms,
			     .started_ms = status->started_ms,
			     .ended_ms = status->finished_ms,
			     .exit_code = status->exit_code,
			     .signal = status->signal };
	snprintf(try->reason, sizeof(try->reason), "%s", status->reason);
}

void tries_parse(struct tries *tries, struct str_view text)
{
	while (text.len > 0) {
		const char *end = memchr(text.data, '\n', text.len);
		size_t len = end ? (size_t)(end - text.data) : text.len;
		struct job_status status = { 0 };
		struct error ignored = { 0 };

		if (job_status_parse(&status, (struct str_view){ text.data, len },
				     &ignored) == 0 &&
		    status.attempts > 0)
			take(tries, &status, status.attempts);
		len += end != NULL;
		text.data += len;
		text.len -= len;
	}
}

int tries_read(struct tries *tries, const struct job *job,
	       const struct job_status *status, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;
	bool found = false;
	uint64_t number = status->attempts;

	if (number > 0 &&
	    file_read_if(&text, &found, job->fd, "attempts", ATTEMPTS_LIMIT, err) < 0)
		return -1;
	tries_parse(tries, (struct str_view){ buf_str(&text), text.len });
	/* One that waits is the next. */
	take(tries, status, number + (status->state == JOB_QUEUED || number == 0));
	return 0;
}

void tries_free(struct tries *tries)
{
	free(tries->items);
	*tries = (struct tries)TRIES_EMPTY;
}
