#include "bin/runjob-shim/queue.h"

#include <unistd.h>

#include "bin/runjob-shim/supervisor.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/job_after.h"
#include "lib/job_entry.h"
#include "lib/job_group.h"
#include "lib/job_queue.h"
#include "lib/job_slot.h"

/* The lock of the job is let go last: whoever follows the job finds it in somebody's hand. */
static int wait_in_queue(struct supervisor *supervisor, const struct job_queue *queue,
			 const struct job_entry *entry, struct error *err)
{
	if (job_queue_enter(queue, entry, &supervisor->job, err) < 0)
		return -1;
	cleanup_close(&supervisor->lock_fd);
	supervisor->lock_fd = -1;
	return job_queue_rouse(queue, &supervisor->layout, err);
}

int queue_turn(enum queue_turn *turn, struct supervisor *supervisor, struct error *err)
{
	auto_job_queue struct job_queue queue = JOB_QUEUE_NONE;
	enum job_after_verdict verdict = JOB_AFTER_TRUE;
	char why[JOB_AFTER_WHY] = "";
	struct job_entry entry = { 0 };

	job_entry_of(&entry, &supervisor->plan, supervisor->due_ms);
	*turn = QUEUE_GO;
	if (entry.comes_after && job_after_judge(&verdict, why, &supervisor->layout,
						 &supervisor->plan, err) < 0)
		return -1;
	if (verdict == JOB_AFTER_NEVER) {
		job_status_reason(&supervisor->status, "%s", why);
		*turn = QUEUE_SKIP;
		return 0;
	}
	if (!job_entry_waits(&entry) || supervisor->slot_fd >= 0)
		return 0;
	*turn = QUEUE_WAIT;
	if (job_queue_open(&queue, &supervisor->layout, err) < 0)
		return -1;
	return wait_in_queue(supervisor, &queue, &entry, err);
}

static void leave(const struct supervisor *supervisor, const struct job_queue *queue)
{
	struct job_entry entry = { 0 };

	job_entry_of(&entry, &supervisor->plan, supervisor->due_ms);
	if (job_entry_waits(&entry))
		job_queue_leave(queue, &entry);
}

void queue_begun(const struct supervisor *supervisor)
{
	auto_job_queue struct job_queue queue = JOB_QUEUE_NONE;
	struct error ignored = { 0 };

	/* One that stays is seen through by whoever looks at it. */
	if (job_queue_open(&queue, &supervisor->layout, &ignored) == 0)
		leave(supervisor, &queue);
}

static void give_places(struct supervisor *supervisor)
{
	if (supervisor->slot_fd >= 0)
		job_slot_give(supervisor->slot_fd);
	cleanup_close(&supervisor->slot_fd);
	supervisor->slot_fd = -1;
}

int queue_again(struct supervisor *supervisor, struct error *err)
{
	auto_job_queue struct job_queue queue = JOB_QUEUE_NONE;
	struct job_entry entry = { 0 };

	supervisor->due_ms = supervisor->status.due_ms;
	job_entry_of(&entry, &supervisor->plan, supervisor->due_ms);
	if (job_queue_open(&queue, &supervisor->layout, err) < 0)
		return -1;
	give_places(supervisor);
	return wait_in_queue(supervisor, &queue, &entry, err);
}

void queue_over(struct supervisor *supervisor)
{
	auto_job_queue struct job_queue queue = JOB_QUEUE_NONE;
	struct error ignored = { 0 };

	if (job_queue_open(&queue, &supervisor->layout, &ignored) < 0)
		return;
	leave(supervisor, &queue);
	job_group_leave(&queue, &supervisor->plan, &supervisor->job);
	job_after_tell(&queue, supervisor->job.id);
	job_after_unsubscribe(&queue, &supervisor->layout, &supervisor->plan);
	give_places(supervisor);
	if (job_queue_is_busy(&queue))
		(void)job_queue_rouse(&queue, &supervisor->layout, &ignored);
}
