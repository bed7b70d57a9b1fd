#include "bin/runjob-queue/start.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "bin/runjob-queue/keeper.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/job_after.h"
#include "lib/job_plan.h"
#include "lib/job_slot.h"
#include "lib/job_status.h"
#include "lib/submit.h"

enum { SOON_MS = 50, LATER_MS = 1000, LEASE_MS = 10000 };

enum outcome { OUTCOME_STARTED, OUTCOME_DROPPED, OUTCOME_SOON, OUTCOME_LATER };

/* The folder to which the entry leads; false when there is no such job or no such entry. */
static bool open_job(struct job *job, const struct keeper *keeper, uint32_t item)
{
	struct layout theirs = keeper->layout;
	struct job_place place = { "", "" };
	struct error ignored = { 0 };
	char path[JOB_ENTRY_LEN + 8] = "waiting/";
	bool found = false;

	job_entry_name(path + 8, waiting_entry(&keeper->waiting, item));
	if (!job_place_read(&place, keeper->queue.fd, path))
		return false;
	theirs.owner = place.owner;
	return job_open(job, &found, &theirs, place.id, &ignored) == 0 && found;
}

static void drop(struct keeper *keeper, uint32_t item)
{
	job_queue_leave(&keeper->queue, waiting_entry(&keeper->waiting, item));
}

/* Still to be started?  Its entry may be left over. */
static bool is_queued(const struct job *job)
{
	struct job_status status = { 0 };
	struct error ignored = { 0 };
	bool found = false;

	return job_status_read(&status, &found, job, &ignored) == 0 && found &&
	       status.state == JOB_QUEUED;
}

/* The supervisor gets the places that slot_fd holds, -1: none. */
static enum outcome start_job(struct keeper *keeper, struct submission *submission,
			      int slot_fd)
{
	struct error ignored = { 0 };

	if (job_lock_again(&submission->lock_fd, &submission->job, &ignored) < 0)
		return OUTCOME_LATER;
	/* Whoever has the lock has just begun it, or is about to let it go. */
	if (submission->lock_fd < 0)
		return is_queued(&submission->job) ? OUTCOME_SOON : OUTCOME_DROPPED;
	if (!is_queued(&submission->job))
		return OUTCOME_DROPPED;
	submission->slot_fd = slot_fd;
	if (submit_start(submission, &keeper->layout, -1, &ignored) < 0) {
		submission->slot_fd = -1;
		return OUTCOME_LATER;
	}
	return OUTCOME_STARTED;
}

static enum outcome start_item(struct keeper *keeper, uint32_t item, int slot_fd)
{
	auto_submission struct submission submission = SUBMISSION_NONE;
	enum outcome outcome = OUTCOME_DROPPED;

	if (open_job(&submission.job, keeper, item))
		outcome = start_job(keeper, &submission, slot_fd);
	/* Its supervisor removes the entry of one that was started, once it has begun. */
	if (outcome == OUTCOME_DROPPED)
		drop(keeper, item);
	return outcome;
}

/* Out of its line, it goes where the outcome sends it. */
static void dispose(struct keeper *keeper, uint32_t item, enum outcome outcome)
{
	uint64_t now_ms = (uint64_t)date_now_ms();

	/* A supervisor that dies before the job has begun leaves its entry behind; one that
	 * lives on without a begin is looked at no more often than that. */
	if (outcome == OUTCOME_STARTED ||
	    (outcome == OUTCOME_SOON && waiting_is_leased(&keeper->waiting, item)))
		waiting_lease(&keeper->waiting, item, now_ms + LEASE_MS);
	else if (outcome == OUTCOME_SOON)
		waiting_until(&keeper->waiting, item, now_ms + SOON_MS);
	else if (outcome == OUTCOME_LATER)
		waiting_until(&keeper->waiting, item, now_ms + LATER_MS);
	else
		waiting_drop(&keeper->waiting, item);
	keeper->has_started |= outcome == OUTCOME_STARTED;
}

static int judge(enum job_after_verdict *verdict, struct job_plan *plan,
		 const struct keeper *keeper, const struct job *job)
{
	struct layout theirs = keeper->layout;
	struct error ignored = { 0 };
	char why[JOB_AFTER_WHY];

	theirs.owner = job->owner;
	if (job_plan_read(plan, job, &ignored) < 0)
		return -1;
	return job_after_judge(verdict, why, &theirs, plan, &ignored);
}

static void await(struct keeper *keeper, uint32_t item, const struct job_plan *plan)
{
	struct job_after after = { "", JOB_AFTER_OK };
	struct error ignored = { 0 };
	size_t i;

	for (i = 0; i < plan->after.count; i++) {
		if (job_after_parse(&after, plan->after.items[i], &ignored) == 0)
			waiting_after(&keeper->waiting, item, after.id);
	}
}

static void place_in_time(struct keeper *keeper, uint32_t item)
{
	uint64_t due_ms = waiting_entry(&keeper->waiting, item)->due_ms;

	if (due_ms > (uint64_t)date_now_ms())
		waiting_until(&keeper->waiting, item, due_ms);
	else
		waiting_line_up(&keeper->waiting, item);
}

/* One that comes after others; when that cannot come true its supervisor says so, and there may be
 * thousands of them at once. */
static void place_after(struct keeper *keeper, uint32_t item)
{
	auto_job struct job job = JOB_NONE;
	auto_job_plan struct job_plan plan = JOB_PLAN_EMPTY;
	enum job_after_verdict verdict = JOB_AFTER_NEVER;

	if (!open_job(&job, keeper, item)) {
		drop(keeper, item);
		waiting_drop(&keeper->waiting, item);
	} else if (judge(&verdict, &plan, keeper, &job) < 0) {
		dispose(keeper, item, start_item(keeper, item, -1));
	} else if (verdict == JOB_AFTER_NEVER) {
		waiting_skip(&keeper->waiting, item);
	} else if (verdict == JOB_AFTER_OPEN) {
		await(keeper, item, &plan);
	} else {
		place_in_time(keeper, item);
	}
	/* There may be many, and nobody shall think that we stand still. */
	job_queue_answered(&keeper->queue);
}

void start_place(struct keeper *keeper, uint32_t item)
{
	if (waiting_entry(&keeper->waiting, item)->comes_after)
		place_after(keeper, item);
	else
		place_in_time(keeper, item);
}

static bool has_slot_fd(struct keeper *keeper)
{
	struct error ignored = { 0 };

	return keeper->slot_fd >= 0 ||
	       job_slot_open(&keeper->slot_fd, &keeper->queue, &ignored) == 0;
}

/* The places that it needs.  Those that are skipped are a group, of as many as run: each is a
 * process, too, and holds nobody up who runs. */
static struct job_entry places_of(const struct keeper *keeper, uint32_t item)
{
	static const uint64_t skipped = UINT64_C(1) << 42; /* no group's: job_entry.h */

	if (waiting_is_skipped(&keeper->waiting, item))
		return (struct job_entry){ .group = skipped,
					   .parallel = (uint32_t)keeper->most };
	return *waiting_entry(&keeper->waiting, item);
}

/* JOB_SLOT_TAKEN: its first is out of the line, whatever became of it. */
static enum job_slot try_line(struct keeper *keeper, uint32_t line)
{
	uint32_t item = waiting_first(&keeper->waiting, line);
	struct job_entry places = places_of(keeper, item);
	enum job_slot result = JOB_SLOT_ALL_FULL;
	enum outcome outcome;
	struct error ignored = { 0 };

	/* Begun or stopped since we heard of it: nobody behind it waits for that. */
	if (!job_queue_has(&keeper->queue, waiting_entry(&keeper->waiting, item))) {
		waiting_drop(&keeper->waiting, waiting_shift(&keeper->waiting, line));
		return JOB_SLOT_TAKEN;
	}
	if (!has_slot_fd(keeper) ||
	    job_slot_take(&result, keeper->slot_fd, &places, keeper->most, &ignored) < 0)
		return JOB_SLOT_ALL_FULL;
	if (result != JOB_SLOT_TAKEN)
		return result;
	(void)waiting_shift(&keeper->waiting, line);
	outcome = start_item(keeper, item, keeper->slot_fd);
	dispose(keeper, item, outcome);
	/* The supervisor has them now.  We do not close what we only tried: whoever watches
	 * the file, and we do, would be told. */
	if (outcome == OUTCOME_STARTED)
		keeper->slot_fd = -1;
	else
		job_slot_give(keeper->slot_fd);
	job_queue_answered(&keeper->queue);
	return JOB_SLOT_TAKEN;
}

/* As many of those that take a slot, or of the others, as there is room for. */
static void start_kind(struct keeper *keeper, bool takes_slot)
{
	auto_buf struct buf aside = BUF_EMPTY;
	enum job_slot result = JOB_SLOT_TAKEN;
	uint32_t line = 0;
	size_t at;

	while (result != JOB_SLOT_ALL_FULL &&
	       waiting_next(&line, &keeper->waiting, takes_slot)) {
		result = try_line(keeper, line);
		if (result == JOB_SLOT_TAKEN)
			waiting_return(&keeper->waiting, line);
		else
			buf_add(&aside, &line, sizeof(line));
	}
	for (at = 0; at < aside.len; at += sizeof(line)) {
		memcpy(&line, aside.data + at, sizeof(line));
		waiting_return(&keeper->waiting, line);
	}
	keeper->is_full |= aside.len > 0;
}

void start_ready(struct keeper *keeper)
{
	uint32_t item = 0;

	keeper->is_full = false;
	keeper->has_started = false;
	while (waiting_due(&item, &keeper->waiting, (uint64_t)date_now_ms()))
		waiting_line_up(&keeper->waiting, item);
	/* What takes no slot is asked for by somebody who waits for it: see setting_limit.h. */
	keeper->is_held = waiting_is_ready(&keeper->waiting, true) &&
			  gate_is_shut(&keeper->gate, &keeper->queue);
	if (!keeper->is_held)
		start_kind(keeper, true);
	start_kind(keeper, false);
}
