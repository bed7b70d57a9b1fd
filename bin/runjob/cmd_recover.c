#include "bin/runjob/commands.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/submit.h"
#include "lib/turn.h"
#include "lib/buf.h"
#include "lib/cgroup.h"
#include "lib/cgroup_v1.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job.h"
#include "lib/job_after.h"
#include "lib/job_group.h"
#include "lib/job_queue.h"
#include "lib/job_remove.h"
#include "lib/log.h"
#include "lib/str.h"

enum { PATHS_LIMIT = 65536 };

/* Its supervisor was killed when it had told the end, and had not removed the job's groups. */
static int remove_groups(const struct job *job, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;
	auto_cgroup struct cgroup cgroup = CGROUP_NONE;
	auto_cgroup_v1 struct cgroup_v1 v1 = CGROUP_V1_NONE;
	auto_free char *path = NULL;
	bool found = false;

	if (file_read_if(&text, &found, job->fd, "cgroup", PATHS_LIMIT, err) < 0)
		return -1;
	if (!found)
		return 0;
	path = str_format("%.*s", (int)strcspn(buf_str(&text), "\n"), buf_str(&text));
	if (path[0] == '/' && cgroup_open(&cgroup, &found, path, err) < 0)
		return -1;
	cgroup_v1_take(&v1, buf_str(&text));
	cgroup_v1_remove(&v1);
	return cgroup_remove(&cgroup, err);
}

/* What a supervisor that starts now would have to do for it. */
static int find_work(const char **work, const struct job *job, struct error *err)
{
	auto_job_plan struct job_plan plan = JOB_PLAN_EMPTY;
	struct job_status status = { 0 };
	bool found = false;
	bool waits = false;

	*work = NULL;
	if (job_status_read(&status, &found, job, err) < 0)
		return -1;
	/* Without a status its starter died, and whoever asked for it has no answer: it may be
	 * asked for again. */
	if (!found)
		*work = "removed";
	else if (status.state == JOB_QUEUED) {
		if (job_queue_holds(&waits, job, status.due_ms, err) < 0)
			return -1;
		*work = waits ? NULL : "started";
	} else if (status.state == JOB_RUNNING) {
		*work = "lost";
		if (job_status_is_torn(&status) && job_plan_read(&plan, job, err) == 0 &&
		    plan.publishes)
			*work = "started";
	} else if (remove_groups(job, err) < 0)
		return -1;
	else if (faccessat(job->fd, "published", F_OK, 0) < 0) {
		if (job_plan_read(&plan, job, err) < 0)
			return -1;
		*work = plan.publishes ? "published" : NULL;
	}
	return 0;
}

/* One that has to wait its turn is put into the queue; that takes no process. */
static int resume(bool *started, const struct job *job, const struct layout *layout,
		  struct error *err)
{
	auto_job_plan struct job_plan plan = JOB_PLAN_EMPTY;
	struct job_status status = { 0 };
	struct job_entry entry = { 0 };
	auto_close int lock_fd = -1;
	bool found = false;

	if (job_lock_again(&lock_fd, job, err) < 0 ||
	    job_status_read(&status, &found, job, err) < 0)
		return -1;
	*started = lock_fd >= 0;
	if (!*started)
		return 0;
	if (found && status.state == JOB_QUEUED && job_plan_read(&plan, job, err) < 0)
		return -1;
	job_entry_of(&entry, &plan, status.due_ms);
	cleanup_close(&lock_fd);
	lock_fd = -1;
	if (plan.exec.count && job_entry_waits(&entry))
		return turn_resume(job, &plan, &entry, layout, err);
	return submit_resume(started, job, layout, err);
}

/* What is no job, unless somebody makes one of it just now. */
static int clear_away(bool *removed, const struct job *job, struct error *err)
{
	struct job_status status = { 0 };
	auto_close int lock_fd = -1;
	bool found = false;

	*removed = false;
	if (job_lock(&lock_fd, job, err) < 0 ||
	    job_status_read(&status, &found, job, err) < 0)
		return -1;
	*removed = lock_fd >= 0 && !found;
	return *removed ? job_remove(job, err) : 0;
}

static int do_work(bool *done, const char *work, const struct job *job,
		   const struct layout *layout, struct error *err)
{
	if (str_equal(work, "removed"))
		return clear_away(done, job, err);
	return resume(done, job, layout, err);
}

static int recover_one(const struct layout *layout, const char *id, struct error *err)
{
	auto_job struct job job = JOB_NONE;
	const char *work = NULL;
	bool found = false;
	bool is_done = false;
	struct error why = { 0 };

	if (job_open(&job, &found, layout, id, err) < 0)
		return -1;
	if (!found)
		return 0;
	if (find_work(&work, &job, err) < 0)
		return -1;
	if (!work)
		return 0;
	if (do_work(&is_done, work, &job, layout, &why) < 0 && why.kind != ERROR_ABSENT) {
		*err = why;
		return -1;
	}
	if (!is_done)
		return 0;
	printf("%s %s\n", id, work);
	if (fflush(stdout) != 0)
		return error_errno(err, "write standard output");
	return 0;
}

static void recover_owner(const struct layout *layout, struct error *err)
{
	auto_job_list struct job_list jobs = JOB_LIST_EMPTY;
	size_t i;

	if (job_list_read(&jobs, layout, err) < 0)
		return;
	/* Oldest first, as they were asked for.  One that cannot be recovered is no reason
	 * to leave the others. */
	for (i = jobs.count; i > 0; i--) {
		struct error one = { 0 };

		if (recover_one(layout, jobs.ids[i - 1], &one) < 0) {
			log_warning("job %s: %s", jobs.ids[i - 1], one.message);
			*err = one;
		}
	}
}

/* Whatever ended the queue's keeper, those that wait are started, and what a supervisor could
 * not take back any more is. */
static int restore_queue(const struct layout *layout, struct error *err)
{
	auto_job_queue struct job_queue queue = JOB_QUEUE_NONE;

	if (job_queue_open(&queue, layout, err) < 0 ||
	    job_group_sweep(&queue, layout, err) < 0 ||
	    job_after_sweep(&queue, layout, err) < 0)
		return -1;
	return job_queue_is_busy(&queue) ? job_queue_rouse(&queue, layout, err) : 0;
}

int cmd_recover(struct context *context, struct error *err)
{
	auto_job_owners struct job_owners owners = JOB_OWNERS_EMPTY;
	struct layout theirs = context->layout;
	size_t i;

	if (context->options.operand_count)
		return error_set(err, ERROR_USAGE, "recover takes no operand");
	if (job_owners_read(&owners, &context->layout, err) < 0)
		return -1;
	if (context->layout.owner)
		recover_owner(&context->layout, err);
	for (i = 0; i < owners.count && !context->layout.owner; i++) {
		theirs.owner = owners.names[i];
		recover_owner(&theirs, err);
	}
	if (restore_queue(&context->layout, err) < 0)
		return -1;
	return err->kind == ERROR_NONE ? 0 : -1;
}
