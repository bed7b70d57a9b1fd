#include "lib/turn.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/job_after.h"
#include "lib/job_plan.h"
#include "lib/job_queue.h"
#include "lib/job_remove.h"
#include "lib/job_slot.h"
#include "lib/job_status.h"
#include "lib/layout.h"
#include "lib/stop.h"

enum { SIGNAL_TERM = 15 };

/* Those that must be there, for the owner. */
static int check_after(const struct layout *layout, const struct job_plan *plan,
		       struct error *err)
{
	size_t i;

	for (i = 0; i < plan->after.count; i++) {
		struct job_after after = { "", JOB_AFTER_OK };
		auto_job struct job job = JOB_NONE;
		bool found = false;

		if (job_after_parse(&after, plan->after.items[i], err) < 0 ||
		    job_open(&job, &found, layout, after.id, err) < 0)
			return -1;
		if (!found)
			return error_set(err, ERROR_DATA,
					 "no job '%s' for this one to come after",
					 after.id);
	}
	return 0;
}

/* Who has to go, or must we?  The group is ours until it is closed. */
static int admit(struct turn *turn, const struct job_group *group,
		 const struct layout *layout, const struct job_plan *plan,
		 struct error *err)
{
	uint64_t places = plan->parallel ? plan->parallel : 1;
	struct job_members_what what = { NULL, SIZE_MAX };

	if (plan->busy == JOB_BUSY_QUEUE)
		return 0;
	if (plan->busy == JOB_BUSY_REJECT)
		what.limit = places;
	if (plan->busy == JOB_BUSY_SAME)
		what.name = plan->name ? plan->name : "";
	if (job_members_read(&turn->victims, group, layout, &what, err) < 0)
		return -1;
	turn->rejected = plan->busy == JOB_BUSY_REJECT && turn->victims.count >= places;
	if (turn->rejected)
		return error_set(err, ERROR_TEMPORARY, "group '%s' is busy", plan->group);
	if (plan->busy == JOB_BUSY_REJECT)
		turn->victims.count = 0;
	/* The oldest, so that with this one there are as many as may run. */
	if (plan->busy == JOB_BUSY_OLDEST)
		turn->victims.count = turn->victims.count >= places
					      ? turn->victims.count - places + 1
					      : 0;
	return 0;
}

/* The group is ours. */
static int store_as_member(struct turn *turn, const struct job_group *group,
			   const struct layout *layout, const struct submit_what *what,
			   struct error *err)
{
	struct submission *submission = &turn->submission;

	if (submit_store(submission, layout, what, err) < 0)
		return -1;
	if (submission->duplicate)
		return 0;
	if (submission->again && job_group_forget(group, &submission->job, err) < 0)
		return -1;
	if (admit(turn, group, layout, what->plan, err) < 0) {
		struct error ignored = { 0 };

		(void)job_remove(&submission->job, &ignored);
		return -1;
	}
	return job_group_join(group, &submission->entry, &submission->job, err);
}

static int store_in_group(struct turn *turn, const struct job_queue *queue,
			  const struct layout *layout, const struct submit_what *what,
			  struct error *err)
{
	auto_job_group struct job_group group = JOB_GROUP_NONE;
	int failed;

	if (job_group_open(&group, queue, what->plan->group, err) < 0)
		return -1;
	failed = store_as_member(turn, &group, layout, what, err);
	job_group_tidy(queue, what->plan->group);
	return failed;
}

int turn_store(struct turn *turn, const struct layout *layout,
	       const struct submit_what *what, struct error *err)
{
	const struct job_plan *plan = what->plan;
	auto_job_queue struct job_queue queue = JOB_QUEUE_NONE;

	turn->most = plan->waits;
	turn->is_held = plan->is_held;
	if (!plan->group && !plan->after.count)
		return submit_store(&turn->submission, layout, what, err);
	if (check_after(layout, plan, err) < 0 ||
	    job_queue_open(&queue, layout, err) < 0 ||
	    job_after_subscribe(&queue, plan, err) < 0)
		return -1;
	if (plan->group)
		return store_in_group(turn, &queue, layout, what, err);
	return submit_store(&turn->submission, layout, what, err);
}

static int stop_victims(const struct turn *turn, const struct layout *layout,
			struct error *err)
{
	size_t i;

	for (i = 0; i < turn->victims.count; i++) {
		const struct job_place *place = &turn->victims.places[i];
		auto_job struct job job = JOB_NONE;
		auto_job_plan struct job_plan plan = JOB_PLAN_EMPTY;
		struct layout theirs = *layout;
		bool found = false;

		theirs.owner = place->owner;
		if (job_open(&job, &found, &theirs, place->id, err) < 0)
			return -1;
		if (found &&
		    (job_plan_read(&plan, &job, err) < 0 ||
		     stop_job(&job, layout, SIGNAL_TERM, plan.grace_ms, err) < 0))
			return -1;
	}
	return 0;
}

static int wait_in_queue(const struct job *job, const struct job_entry *entry,
			 const struct layout *layout, struct error *err)
{
	auto_job_queue struct job_queue queue = JOB_QUEUE_NONE;

	if (job_queue_open(&queue, layout, err) < 0 ||
	    job_queue_enter(&queue, entry, job, err) < 0)
		return -1;
	return job_queue_rouse(&queue, layout, err);
}

int turn_resume(const struct job *job, const struct job_plan *plan,
		const struct job_entry *entry, const struct layout *layout,
		struct error *err)
{
	auto_job_queue struct job_queue queue = JOB_QUEUE_NONE;
	auto_job_group struct job_group group = JOB_GROUP_NONE;

	if (job_queue_open(&queue, layout, err) < 0 ||
	    job_after_subscribe(&queue, plan, err) < 0)
		return -1;
	if (plan->group && (job_group_open(&group, &queue, plan->group, err) < 0 ||
			    job_group_join(&group, entry, job, err) < 0))
		return -1;
	job_group_close(&group);
	return wait_in_queue(job, entry, layout, err);
}

/* *taken: it has all the places that it needs. */
static int take_places(bool *taken, struct turn *turn, const struct layout *layout,
		       struct error *err)
{
	struct submission *submission = &turn->submission;
	auto_job_queue struct job_queue queue = JOB_QUEUE_NONE;
	enum job_slot result = JOB_SLOT_ALL_FULL;

	*taken = false;
	if (job_queue_open(&queue, layout, err) < 0)
		return -1;
	/* Who comes after others, or is held, has not his turn yet; and all others wait
	 * behind those that do. */
	if (submission->entry.comes_after || turn->is_held || job_queue_is_busy(&queue))
		return 0;
	if (job_slot_open(&submission->slot_fd, &queue, err) < 0 ||
	    job_slot_take(&result, submission->slot_fd, &submission->entry, turn->most,
			  err) < 0)
		return -1;
	*taken = result == JOB_SLOT_TAKEN;
	if (*taken)
		return 0;
	cleanup_close(&submission->slot_fd);
	submission->slot_fd = -1;
	return 0;
}

int turn_start(struct turn *turn, const struct layout *layout, int stdin_fd,
	       struct error *err)
{
	struct submission *submission = &turn->submission;
	bool taken = !job_entry_waits(&submission->entry);

	if (!taken && (stop_victims(turn, layout, err) < 0 ||
		       take_places(&taken, turn, layout, err) < 0))
		return -1;
	if (taken && layout->environment)
		return submit_start_apart(submission, layout, err);
	if (taken)
		return submit_start(submission, layout, stdin_fd, err);
	/* Whoever finds it in the queue takes its lock. */
	cleanup_close(&submission->lock_fd);
	submission->lock_fd = -1;
	return wait_in_queue(&submission->job, &submission->entry, layout, err);
}

void turn_close(struct turn *turn)
{
	submit_close(&turn->submission);
	job_members_free(&turn->victims);
	*turn = (struct turn)TURN_NONE;
}
