#include "bin/hookroute/leftover.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/str.h"

#define MINUTE_MS (INT64_C(60) * 1000)

enum { PID_MINUTES = 10, ANY_MINUTES = 36 * 60 };

/* 0 for none. */
static pid_t pid_of(const char *name)
{
	const char *end = name + strlen(name) - strlen(".tmp");
	const char *start = end;
	auto_free char *text = NULL;
	struct error ignored = { 0 };
	uint64_t pid = 0;

	while (start > name && start[-1] != '.')
		start--;
	text = str_format("%.*s", (int)(end - start), start);
	if (start == name || str_to_u64(&pid, text, 1, INT32_MAX, &ignored) < 0)
		return 0;
	return (pid_t)pid;
}

bool leftover_is(const char *name, int64_t age_ms)
{
	pid_t pid = str_ends(name, ".tmp") ? pid_of(name) : 0;

	if (age_ms >= ANY_MINUTES * MINUTE_MS)
		return true;
	return pid && age_ms >= PID_MINUTES * MINUTE_MS && kill(pid, 0) < 0 &&
	       errno == ESRCH;
}
