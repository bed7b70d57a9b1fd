#include "bin/runjob-serve/budget.h"

#include <stdbool.h>
#include <string.h>

#include "lib/address.h"
#include "lib/buf.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/hex.h"
#include "lib/job.h"
#include "lib/job_plan.h"
#include "lib/job_status.h"
#include "lib/layout.h"
#include "lib/str.h"
#include "lib/trust.h"

enum { REMOTE_MAX = 64, DAY_MS = 86400 * 1000 };

static const char note[] = "remote";

int budget_note(const struct job *job, const char *remote, struct error *err)
{
	return file_replace(job->fd, note, remote, strlen(remote), 0600, err);
}

/* Whoever has an address of IPv6 has 2^64 of them. */
static bool is_of_one(const char *remote, const char *other)
{
	struct address addresses[2] = { { { 0 } }, { { 0 } } };

	if (!address_parse(&addresses[0], remote) || !address_parse(&addresses[1], other))
		return str_equal(remote, other);
	addresses[0] = address_owner(&addresses[0]);
	addresses[1] = address_owner(&addresses[1]);
	return address_equal(&addresses[0], &addresses[1]);
}

static bool is_from(const struct job *job, const char *remote)
{
	auto_buf struct buf text = BUF_EMPTY;
	struct error ignored = { 0 };
	bool found = false;

	return file_read_if(&text, &found, job->fd, note, REMOTE_MAX, &ignored) == 0 &&
	       found && is_of_one(buf_str(&text), remote);
}

static int add_time(uint64_t *used_ms, const struct job *job,
		    const struct job_status *status, struct error *err)
{
	auto_job_plan struct job_plan plan = JOB_PLAN_EMPTY;

	if (job_state_is_final(status->state) && status->finished_ms) {
		if (status->started_ms && status->finished_ms > status->started_ms)
			*used_ms += (uint64_t)(status->finished_ms - status->started_ms);
		return 0;
	}
	/* Nobody knows when one that was lost ended. */
	if (job_plan_read(&plan, job, err) < 0)
		return -1;
	*used_ms += plan.timeout_ms + plan.grace_ms;
	return 0;
}

/* is_all: whencesoever; otherwise only those from the address. */
static int add_owner(uint64_t *used_ms, const struct budget *budget, const char *owner,
		     bool is_all, struct error *err)
{
	auto_job_list struct job_list list = JOB_LIST_EMPTY;
	struct layout layout = *budget->layout;

	layout.owner = owner;
	if (job_list_read(&list, &layout, err) < 0)
		return -1;
	for (size_t i = 0; i < list.count; i++) {
		auto_job struct job job = JOB_NONE;
		struct job_status status = { 0 };
		bool found = false;

		/* We make their ids, and these begin with the time. */
		if (uuid_time_ms(list.ids[i]) < budget->now_ms - DAY_MS)
			return 0;
		if (job_open(&job, &found, &layout, list.ids[i], err) < 0 ||
		    (found && job_status_now(&status, &found, &job, err) < 0))
			return -1;
		if (found && (is_all || is_from(&job, budget->remote)) &&
		    add_time(used_ms, &job, &status, err) < 0)
			return -1;
	}
	return 0;
}

int budget_used(uint64_t *used_ms, const struct budget *budget, const struct trust *trust,
		struct error *err)
{
	char owner[JOB_OWNER_LEN];

	*used_ms = 0;
	for (size_t i = 0; trust_anonymous(owner, &i, trust);) {
		bool is_own = str_equal(owner, budget->layout->owner);

		if (add_owner(used_ms, budget, owner, is_own, err) < 0)
			return -1;
	}
	return 0;
}
