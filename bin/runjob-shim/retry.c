#include "bin/runjob-shim/retry.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bin/runjob-shim/supervisor.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/str.h"

enum { DELAY_MS = 10000, DELAY_MOST_MS = 3600000, FACTOR_ONE = 100 };

enum { ATTEMPTS_LIMIT = 64 << 20 };

static bool is_cause(const char *cause, enum job_state state, int exit_code)
{
	if (str_starts(cause, "exit:"))
		return exit_code >= 0 &&
		       str_leading_u64(cause + 5) == (uint64_t)exit_code;
	return str_equal(cause, job_state_name(state));
}

bool retry_is_due(const struct supervisor *supervisor, enum job_state state)
{
	const struct job_plan *plan = &supervisor->plan;
	size_t i;

	if (supervisor->status.attempts > plan->retry_times || !plan->retry_times)
		return false;
	if (state != JOB_FAILED && state != JOB_TIMEOUT && state != JOB_OOM &&
	    state != JOB_LOST)
		return false;
	/* Whoever wants it stopped wants no other try. */
	if (faccessat(supervisor->job.fd, "stop", F_OK, 0) == 0)
		return false;
	for (i = 0; i < plan->retry_on.count; i++) {
		if (is_cause(plan->retry_on.items[i], state,
			     supervisor->status.exit_code))
			return true;
	}
	return plan->retry_on.count == 0;
}

static uint64_t delay_ms(const struct supervisor *supervisor)
{
	uint64_t delay = supervisor->plan.retry_delay_ms;
	uint64_t i;

	if (!delay)
		delay = DELAY_MS;
	for (i = 1; i < supervisor->status.attempts && delay < DELAY_MOST_MS; i++)
		delay *= 2;
	return delay < DELAY_MOST_MS ? delay : DELAY_MOST_MS;
}

/* The status that the last line of "attempts" tells; found is false when there is none. */
static void last_attempt(struct job_status *status, bool *found, const struct job *job)
{
	auto_buf struct buf text = BUF_EMPTY;
	struct error ignored = { 0 };
	const char *line;

	if (file_read_if(&text, found, job->fd, "attempts", ATTEMPTS_LIMIT, &ignored) < 0)
		*found = false;
	if (!*found || !text.len || text.data[text.len - 1] != '\n')
		*found = false;
	if (!*found)
		return;
	buf_cut(&text, text.len - 1);
	line = strrchr(buf_str(&text), '\n');
	line = line ? line + 1 : buf_str(&text);
	*found = job_status_parse(status, (struct str_view){ line, strlen(line) },
				  &ignored) == 0;
}

bool retry_was_begun(struct job_status *ended, const struct supervisor *supervisor)
{
	bool found = false;

	last_attempt(ended, &found, &supervisor->job);
	return found && ended->attempts == supervisor->status.attempts;
}

static int note_attempt(const struct supervisor *supervisor, struct error *err)
{
	auto_buf struct buf line = BUF_EMPTY;
	struct job_status ended = { 0 };
	auto_close int fd = -1;

	if (retry_was_begun(&ended, supervisor))
		return 0;
	fd = openat(supervisor->job.fd, "attempts",
		    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_errno(err, "open '%s/attempts'", supervisor->job.dir);
	job_status_dump(&line, &supervisor->job, &supervisor->status);
	buf_add_char(&line, '\n');
	return file_write(fd, line.data, line.len, "attempts", err);
}

static int put_aside(const struct supervisor *supervisor, const char *name,
		     struct error *err)
{
	auto_free char *aside = str_format(
		"%s.%llu", name, (unsigned long long)supervisor->status.attempts);

	/* One that is there already was put aside by one of us that died before it said so. */
	if (renameat2(supervisor->job.fd, name, supervisor->job.fd, aside,
		      RENAME_NOREPLACE) < 0 &&
	    errno != ENOENT && errno != EEXIST)
		return error_errno(err, "put '%s/%s' aside", supervisor->job.dir, name);
	return 0;
}

/* Whoever follows the log finds one. */
static int new_log(const struct supervisor *supervisor, struct error *err)
{
	auto_close int fd =
		openat(supervisor->job.fd, "log", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	return fd < 0 ? error_errno(err, "create '%s/log'", supervisor->job.dir) : 0;
}

/* Out of memory with more memory. */
static void grow(struct supervisor *supervisor)
{
	const struct job_plan *plan = &supervisor->plan;
	uint64_t limit = plan->memory_bytes;

	if (!limit || !plan->retry_memory)
		return;
	limit = limit / FACTOR_ONE * plan->retry_memory +
		limit % FACTOR_ONE * plan->retry_memory / FACTOR_ONE;
	if (plan->retry_memory_max && limit > plan->retry_memory_max)
		limit = plan->retry_memory_max;
	/* A most that is below what it had is no reason to take some away. */
	if (limit > plan->memory_bytes)
		supervisor->status.memory_limit = limit;
}

int retry_prepare(struct supervisor *supervisor, enum job_state state, struct error *err)
{
	struct job_status *status = &supervisor->status;
	struct job_status next = { .state = JOB_QUEUED, .exit_code = -1 };
	uint64_t delay = delay_ms(supervisor);
	char how[sizeof(status->reason)];

	if (status->reason[0])
		snprintf(how, sizeof(how), "%s", status->reason);
	else
		snprintf(how, sizeof(how), "exit status %d", status->exit_code);
	if (state == JOB_OOM)
		grow(supervisor);
	if (note_attempt(supervisor, err) < 0 || put_aside(supervisor, "log", err) < 0 ||
	    put_aside(supervisor, "log.index", err) < 0 || new_log(supervisor, err) < 0)
		return -1;
	next.created_ms = status->created_ms;
	next.attempts = status->attempts;
	next.memory_limit = status->memory_limit;
	next.due_ms = date_now_ms() + (int64_t)delay;
	memcpy(next.node, status->node, sizeof(next.node));
	memcpy(next.name, status->name, sizeof(next.name));
	memcpy(next.group, status->group, sizeof(next.group));
	memcpy(next.repository, status->repository, sizeof(next.repository));
	memcpy(next.event_id, status->event_id, sizeof(next.event_id));
	job_status_reason(&next,
			  "try %llu of %llu comes after %llu ms: the last was %s: %.120s",
			  (unsigned long long)status->attempts + 1,
			  (unsigned long long)supervisor->plan.retry_times + 1,
			  (unsigned long long)delay, job_state_name(state), how);
	*status = next;
	return 0;
}
