#include "lib/job_after.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/job.h"
#include "lib/job_plan.h"
#include "lib/job_queue.h"
#include "lib/job_status.h"

static const char *const hows[] = { ":ok", ":failed", ":any" };

int job_after_parse(struct job_after *after, const char *text, struct error *err)
{
	const char *rest = strlen(text) >= UUID_LEN - 1 ? text + UUID_LEN - 1 : "?";
	struct job_after got = { "", JOB_AFTER_OK };
	bool known = *rest == '\0';
	size_t i;

	for (i = 0; i < sizeof(hows) / sizeof(hows[0]); i++) {
		if (strcmp(rest, hows[i]) == 0) {
			got.how = (enum job_after_how)i;
			known = true;
		}
	}
	snprintf(got.id, sizeof(got.id), "%s", text);
	if (!known || !uuid_is_valid(got.id))
		return error_set(err, ERROR_DATA,
				 "'%.60s' is no job id with ':ok', ':failed' or ':any'",
				 text);
	*after = got;
	return 0;
}

static enum job_after_verdict judge_state(enum job_after_how how, enum job_state state)
{
	if (!job_state_is_final(state))
		return JOB_AFTER_OPEN;
	if (how == JOB_AFTER_ANY || (how == JOB_AFTER_OK) == (state == JOB_OK))
		return JOB_AFTER_TRUE;
	return JOB_AFTER_NEVER;
}

static int judge_one(enum job_after_verdict *verdict, char why[static JOB_AFTER_WHY],
		     const struct layout *layout, const struct job_after *after,
		     struct error *err)
{
	auto_job struct job job = JOB_NONE;
	struct job_status status = { 0 };
	bool found = false;

	if (job_open(&job, &found, layout, after->id, err) < 0 ||
	    (found && job_status_read(&status, &found, &job, err) < 0))
		return -1;
	if (!found) {
		*verdict = JOB_AFTER_NEVER;
		snprintf(why, JOB_AFTER_WHY, "there is no job %s any more", after->id);
		return 0;
	}
	*verdict = judge_state(after->how, status.state);
	snprintf(why, JOB_AFTER_WHY, "job %s is %s, and was to be %s", after->id,
		 job_state_name(status.state),
		 after->how == JOB_AFTER_ANY ? "over" : hows[after->how] + 1);
	return 0;
}

int job_after_judge(enum job_after_verdict *verdict, char why[static JOB_AFTER_WHY],
		    const struct layout *layout, const struct job_plan *plan,
		    struct error *err)
{
	enum job_after_verdict all = JOB_AFTER_TRUE;
	char text[JOB_AFTER_WHY];
	size_t i;

	for (i = 0; i < plan->after.count; i++) {
		struct job_after after = { "", JOB_AFTER_OK };
		enum job_after_verdict one = JOB_AFTER_OPEN;

		if (job_after_parse(&after, plan->after.items[i], err) < 0 ||
		    judge_one(&one, text, layout, &after, err) < 0)
			return -1;
		if (one == JOB_AFTER_TRUE ||
		    (all != JOB_AFTER_TRUE && one != JOB_AFTER_NEVER))
			continue;
		all = one;
		memcpy(why, text, JOB_AFTER_WHY);
		if (all == JOB_AFTER_NEVER)
			break;
	}
	*verdict = all;
	return 0;
}

int job_after_subscribe(const struct job_queue *queue, const struct job_plan *plan,
			struct error *err)
{
	size_t i;

	if (plan->after.count && mkdirat(queue->fd, "after", 0700) < 0 && errno != EEXIST)
		return error_errno(err, "make the queue's 'after'");
	for (i = 0; i < plan->after.count; i++) {
		struct job_after after = { "", JOB_AFTER_OK };
		char path[UUID_LEN + 6];
		auto_close int fd = -1;

		if (job_after_parse(&after, plan->after.items[i], err) < 0)
			return -1;
		snprintf(path, sizeof(path), "after/%s", after.id);
		fd = openat(queue->fd, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		if (fd < 0)
			return error_errno(err, "create '%s'", path);
	}
	return 0;
}

void job_after_tell(const struct job_queue *queue, const char *id)
{
	char path[UUID_LEN + 6];

	snprintf(path, sizeof(path), "after/%s", id);
	(void)unlinkat(queue->fd, path, 0);
}

/* Is there nothing more to come of it? */
static bool is_over(const struct job *job, bool found)
{
	struct job_status status = { 0 };
	struct error ignored = { 0 };

	if (!found)
		return true;
	return job_status_read(&status, &found, job, &ignored) == 0 &&
	       (!found || job_state_is_final(status.state));
}

void job_after_unsubscribe(const struct job_queue *queue, const struct layout *layout,
			   const struct job_plan *plan)
{
	size_t i;

	for (i = 0; i < plan->after.count; i++) {
		struct job_after after = { "", JOB_AFTER_OK };
		auto_job struct job job = JOB_NONE;
		struct error ignored = { 0 };
		bool found = false;

		if (job_after_parse(&after, plan->after.items[i], &ignored) == 0 &&
		    job_open(&job, &found, layout, after.id, &ignored) == 0 &&
		    is_over(&job, found))
			job_after_tell(queue, after.id);
	}
}

int job_after_sweep(const struct job_queue *queue, const struct layout *layout,
		    struct error *err)
{
	int fd = openat(queue->fd, "after", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_closedir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir)
		return errno == ENOENT ? 0 : error_errno(err, "list the queue's 'after'");
	while ((entry = readdir(dir))) {
		auto_job struct job job = JOB_NONE;
		char id[UUID_LEN];
		bool found = false;

		if (!uuid_is_valid(entry->d_name))
			continue;
		memcpy(id, entry->d_name, UUID_LEN);
		if (job_find(&job, &found, layout, id, err) < 0)
			return -1;
		if (is_over(&job, found))
			job_after_tell(queue, id);
	}
	return 0;
}
