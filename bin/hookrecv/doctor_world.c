#include <inttypes.h>
#include <sys/resource.h>
#include <sys/timex.h>

#include "bin/hookrecv/doctor.h"
#include "bin/hookrecv/providers.h"
#include "bin/hookrecv/span.h"
#include "bin/hookrecv/stored.h"
#include "lib/cleanup.h"
#include "lib/error.h"

/* The machine around a receiver. */

enum { FILES = 1024, EVENTS = 32, SKEW_MS = 30000 };

/* A sync state of the kernel says that some time service keeps the clock. */
static void check_sync(struct doctor *doctor)
{
	struct timex state = { .modes = 0 };
	int result = adjtimex(&state);

	if (result < 0)
		doctor_say(doctor, DOCTOR_WARN, "timedatectl",
			   "the kernel does not say whether the clock is kept");
	else if (result == TIME_ERROR || (state.status & STA_UNSYNC))
		doctor_say(
			doctor, DOCTOR_WARN, "timedatectl set-ntp true",
			"no time service keeps the clock: signed times may be refused");
	else
		doctor_say(doctor, DOCTOR_OK, NULL,
			   "kept by a time service, off by %jd ms at most",
			   (intmax_t)(state.maxerror / 1000));
}

/* The least difference of the latest signed events: what is more is time on the way. */
struct skews {
	struct providers providers;
	bool found;
	int64_t least_ms;
};

static void take_skew(void *context, const struct stored *stored)
{
	struct skews *skews = context;
	struct str_view name = stored_member(stored, "provider");
	auto_free char *text = str_format("%.*s", (int)name.len, name.data);
	const struct provider *provider = NULL;
	struct error ignored = { 0 };
	int64_t skew_ms = 0;

	if (providers_find(&provider, &skews->providers, text, &ignored) < 0 ||
	    !stored_skew(&skew_ms, stored, provider))
		return;
	if (!skews->found || imaxabs(skew_ms) < imaxabs(skews->least_ms))
		skews->least_ms = skew_ms;
	skews->found = true;
}

static void check_skew(struct doctor *doctor)
{
	struct skews skews = { PROVIDERS_NONE, false, 0 };
	struct error err = { 0 };
	char span[SPAN_LEN];

	providers_open(&skews.providers, doctor->layout);
	if (doctor->spool.dir[SPOOL_NEW] >= 0 &&
	    stored_latest(&doctor->spool, EVENTS, take_skew, &skews, &err) < 0)
		doctor_say(doctor, DOCTOR_FAIL, NULL, "%s", err.message);
	span_format(span, skews.least_ms);
	if (skews.found)
		doctor_say(doctor,
			   imaxabs(skews.least_ms) > SKEW_MS ? DOCTOR_WARN : DOCTOR_OK,
			   imaxabs(skews.least_ms) > SKEW_MS ? "date -u; timedatectl"
							     : NULL,
			   "the latest events were signed %s %s they came", span,
			   skews.least_ms < 0 ? "after" : "before");
	providers_close(&skews.providers);
}

void doctor_clock(struct doctor *doctor)
{
	check_sync(doctor);
	check_skew(doctor);
}

void doctor_files(struct doctor *doctor)
{
	struct rlimit limit = { 0, 0 };

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= FILES)
		doctor_say(doctor, DOCTOR_OK, NULL, "%ju may be open at once",
			   (uintmax_t)limit.rlim_cur);
	else
		doctor_say(doctor, DOCTOR_WARN,
			   "ulimit -n 4096; LimitNOFILE= of the unit",
			   "%ju may be open at once, and 512 connections want %d",
			   (uintmax_t)limit.rlim_cur, FILES);
}
