#include "lib/setting_limit.h"

#include "lib/config.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/job_plan.h"
#include "lib/job_slot.h"
#include "lib/pressure.h"
#include "lib/setting_account.h"
#include "lib/setting_value.h"
#include "lib/str.h"

static int limit_timeout(struct job_plan *plan, const struct config *config,
			 struct error *err)
{
	const char *text = config_get(config, "HOOKTOOLS_MAX_TIME");
	uint64_t most_ms = 0;

	if (!text)
		return 0;
	if (str_to_duration(&most_ms, text, err) < 0) {
		err->kind = ERROR_CONFIG;
		return error_wrap(err, "HOOKTOOLS_MAX_TIME");
	}
	if (most_ms && (!plan->timeout_ms || plan->timeout_ms > most_ms))
		plan->timeout_ms = most_ms;
	if (most_ms && plan->grace_ms > most_ms)
		plan->grace_ms = most_ms;
	return 0;
}

static int limit_sandbox(struct job_plan *plan, const struct config *config,
			 struct error *err)
{
	const char *text = config_get(config, "HOOKTOOLS_SANDBOX");

	if (plan->sandbox || !text)
		return 0;
	if (value_sandbox(&plan->sandbox, text, err) < 0) {
		err->kind = ERROR_CONFIG;
		return error_wrap(err, "HOOKTOOLS_SANDBOX");
	}
	return 0;
}

static int limit_count(struct job_plan *plan, const struct config *config,
		       struct error *err)
{
	const char *text = config_get(config, "HOOKTOOLS_JOBS_MAX");

	plan->waits = job_slot_default();
	if (!text || str_to_u64(&plan->waits, text, 1, JOB_SLOTS_MOST, err) == 0)
		return 0;
	err->kind = ERROR_CONFIG;
	return error_wrap(err, "HOOKTOOLS_JOBS_MAX");
}

/* What takes no slot is asked for by somebody who waits for it, and is not held. */
static int limit_pressure(struct job_plan *plan, const struct config *config,
			  struct error *err)
{
	auto_pressure struct pressure pressure = PRESSURE_NONE;
	struct pressure_over over = { PRESSURE_CPU, 0, 0 };

	if (pressure_open(&pressure, config, err) < 0)
		return -1;
	plan->is_held = pressure_is_over(&over, &pressure);
	return 0;
}

int setting_complete(struct job_plan *plan, const struct config *config,
		     struct error *err)
{
	plan->created_ms = (uint64_t)date_now_ms();
	if (setting_account(plan, err) < 0 || limit_sandbox(plan, config, err) < 0)
		return -1;
	return setting_again(plan, config, err);
}

int setting_again(struct job_plan *plan, const struct config *config, struct error *err)
{
	if (plan->waits &&
	    (limit_count(plan, config, err) < 0 || limit_pressure(plan, config, err) < 0))
		return -1;
	return limit_timeout(plan, config, err);
}
