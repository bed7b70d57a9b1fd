#include <stdint.h>
#include <sys/resource.h>
#include <sys/timex.h>

#include "bin/hookrecv/doctor.h"

/* The machine around a receiver. */

enum { FILES = 1024 };

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

void doctor_clock(struct doctor *doctor)
{
	check_sync(doctor);
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
