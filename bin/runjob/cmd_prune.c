#include "bin/runjob/commands.h"

#include <stdio.h>

#include "bin/runjob/request.h"
#include "bin/runjob/weight.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/job.h"
#include "lib/job_after.h"
#include "lib/job_owner.h"
#include "lib/job_queue.h"
#include "lib/job_remove.h"
#include "lib/job_status.h"
#include "lib/log.h"

/* Only one that has ended, and that nobody has: *removed stays false for others. */
static int remove_job(bool *removed, const struct context *context, const struct job *job,
		      struct error *err)
{
	auto_job_queue struct job_queue queue = JOB_QUEUE_NONE;
	struct job_status status = { 0 };
	auto_close int lock_fd = -1;
	struct error why = { 0 };
	bool found = false;

	*removed = false;
	if (job_lock_again(&lock_fd, job, &why) < 0 && why.kind != ERROR_ABSENT) {
		*err = why;
		return -1;
	}
	/* Somebody removes it, or has. */
	if (lock_fd < 0)
		return 0;
	if (job_status_read(&status, &found, job, err) < 0)
		return -1;
	if (!found || !job_state_is_final(status.state))
		return 0;
	if (job_queue_open(&queue, &context->layout, err) < 0 || job_remove(job, err) < 0)
		return -1;
	job_after_tell(&queue, job->id);
	*removed = true;
	return 0;
}

int cmd_remove(struct context *context, struct error *err)
{
	auto_job struct job job = JOB_NONE;
	const char *id = NULL;
	bool removed = false;

	if (request_operand(&id, context, err) < 0 ||
	    request_find(&job, context, id, err) < 0 ||
	    remove_job(&removed, context, &job, err) < 0)
		return -1;
	if (!removed)
		return error_set(err, ERROR_TEMPORARY,
				 "job '%s' has not ended; see runjob stop", id);
	return 0;
}

/* One that has ended may go. */
enum fate { FATE_NONE, FATE_ENDED, FATE_GOES };

struct candidate {
	enum fate fate;
	uint64_t bytes;
};

struct prune {
	struct context *context;
	struct job_list jobs;
	struct buf candidates; /* one for each job */
	uint64_t kept;
	uint64_t bytes; /* of all that stay */
};

static struct candidate *candidate_at(const struct prune *prune, size_t i)
{
	return (struct candidate *)(void *)prune->candidates.data + i;
}

static bool is_old(const struct options *options, const struct job_status *status,
		   uint64_t kept)
{
	if (options->has_keep && kept >= options->keep)
		return true;
	return options->older_ms &&
	       status->finished_ms + (int64_t)options->older_ms < date_now_ms();
}

static int judge(struct candidate *candidate, const struct prune *prune, const char *id,
		 struct error *err)
{
	const struct options *options = &prune->context->options;
	auto_job struct job job = JOB_NONE;
	struct job_status status = { 0 };
	bool found = false;

	if (job_open(&job, &found, &prune->context->layout, id, err) < 0 || !found)
		return found ? -1 : 0;
	if (job_status_read(&status, &found, &job, err) < 0 ||
	    (options->max_bytes != UINT64_MAX &&
	     weight_of(&candidate->bytes, &job, err) < 0))
		return -1;
	if (found && job_state_is_final(status.state))
		candidate->fate =
			is_old(options, &status, prune->kept) ? FATE_GOES : FATE_ENDED;
	return 0;
}

/* One that cannot be judged stays, and is no reason to leave the others. */
static void complain(const char *id, const struct error *one, struct error *err)
{
	log_warning("job %s: %s", id, one->message);
	*err = *one;
}

/* The newest first: they are kept. */
static void judge_all(struct prune *prune, struct error *err)
{
	size_t i;

	for (i = 0; i < prune->jobs.count; i++) {
		struct candidate candidate = { FATE_NONE, 0 };
		struct error one = { 0 };

		if (judge(&candidate, prune, prune->jobs.ids[i], &one) < 0)
			complain(prune->jobs.ids[i], &one, err);
		if (candidate.fate == FATE_ENDED)
			prune->kept++;
		if (candidate.fate != FATE_GOES)
			prune->bytes += candidate.bytes;
		buf_add(&prune->candidates, &candidate, sizeof(candidate));
	}
}

static int remove_one(const struct prune *prune, const char *id, struct error *err)
{
	auto_job struct job job = JOB_NONE;
	bool found = false;
	bool removed = prune->context->options.dry_run;

	if (!removed && (job_open(&job, &found, &prune->context->layout, id, err) < 0 ||
			 (found && remove_job(&removed, prune->context, &job, err) < 0)))
		return -1;
	if (removed && (puts(id) < 0 || fflush(stdout) != 0))
		return error_errno(err, "write standard output");
	return 0;
}

/* The oldest first, until the others fit. */
static void remove_all(struct prune *prune, struct error *err)
{
	size_t i;

	for (i = prune->jobs.count; i > 0; i--) {
		struct candidate *candidate = candidate_at(prune, i - 1);
		struct error one = { 0 };

		if (candidate->fate == FATE_ENDED &&
		    prune->bytes > prune->context->options.max_bytes) {
			candidate->fate = FATE_GOES;
			prune->bytes -= candidate->bytes;
		}
		if (candidate->fate == FATE_GOES &&
		    remove_one(prune, prune->jobs.ids[i - 1], &one) < 0)
			complain(prune->jobs.ids[i - 1], &one, err);
	}
}

static int prune_owner(struct context *context, struct error *err)
{
	struct prune prune = { .context = context,
			       .jobs = JOB_LIST_EMPTY,
			       .candidates = BUF_EMPTY };
	int result = job_list_read(&prune.jobs, &context->layout, err);

	if (result == 0) {
		judge_all(&prune, err);
		remove_all(&prune, err);
		result = err->kind == ERROR_NONE ? 0 : -1;
	}
	job_list_free(&prune.jobs);
	buf_free(&prune.candidates);
	return result;
}

/* Each by himself. */
static int prune_owners(struct context *context, struct error *err)
{
	auto_job_owners struct job_owners owners = JOB_OWNERS_EMPTY;
	const char *ours = context->layout.owner;
	size_t i;

	if (job_owners_read(&owners, &context->layout, err) < 0)
		return -1;
	for (i = 0; i < owners.count; i++) {
		struct error one = { 0 };

		context->layout.owner = owners.names[i];
		if (prune_owner(context, &one) < 0)
			*err = one;
	}
	context->layout.owner = ours;
	return err->kind == ERROR_NONE ? 0 : -1;
}

int cmd_prune(struct context *context, struct error *err)
{
	const struct options *options = &context->options;

	if (options->operand_count)
		return error_set(err, ERROR_USAGE, "prune takes no operand");
	if (!options->has_keep && !options->older_ms && options->max_bytes == UINT64_MAX)
		return error_set(err, ERROR_USAGE,
				 "prune wants --keep, --older-than or --max-bytes");
	if (options->all && options->owner)
		return error_set(err, ERROR_USAGE, "--all is every --owner");
	return options->all ? prune_owners(context, err) : prune_owner(context, err);
}
