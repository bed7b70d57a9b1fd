#include "bin/runjob-shim/pause.h"

#include <time.h>
#include <unistd.h>

#include "bin/runjob-shim/containment.h"
#include "bin/runjob-shim/watch.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/job.h"
#include "lib/job_plan.h"
#include "lib/job_status.h"

static bool is_wanted(const struct watch *watch)
{
	return watch->cause == WATCH_ENDED && watch->leader &&
	       faccessat(watch->job->fd, "pause", F_OK, 0) == 0;
}

static void begin(struct watch *watch)
{
	struct error ignored = { 0 };

	if (containment_freeze(watch->containment, true, &ignored) < 0) {
		(void)unlinkat(watch->job->fd, "pause", 0);
		return;
	}
	watch->paused_ms = watch_now_ms();
	watch->told->paused_ms = date_now_ms();
}

void pause_end(struct watch *watch)
{
	struct error ignored = { 0 };
	int64_t lasted;

	(void)unlinkat(watch->job->fd, "pause", 0);
	if (!watch->told->paused_ms)
		return;
	/* Of no group that was there a moment ago: it has nobody to thaw. */
	(void)containment_freeze(watch->containment, false, &ignored);
	lasted = watch_now_ms() - watch->paused_ms;
	watch->told->paused_ms = 0;
	watch->told->usage.paused_ms += (uint64_t)lasted;
	if (watch->deadline_ms >= 0)
		watch->deadline_ms += lasted;
}

void pause_look(struct watch *watch)
{
	struct error ignored = { 0 };
	bool wanted = is_wanted(watch);

	if (wanted && !watch->told->paused_ms)
		begin(watch);
	else if (!wanted)
		pause_end(watch);
	/* One that cannot be written is written at the end. */
	(void)job_status_write(watch->job, watch->told, watch->plan->publishes != 0,
			       &ignored);
}
