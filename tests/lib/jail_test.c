#include "lib/jail.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/cgroup.h"
#include "lib/error.h"
#include "lib/job_plan.h"
#include "lib/layout.h"
#include "lib/process.h"
#include "tests/lib/check.h"

enum { HANGS_S = 30 };

/* The kernel lets init end when each process of its namespace is reaped, and this one is ours. */
static void it_ends_while_a_child_of_ours_in_it_is_not_reaped(void)
{
	auto_layout struct layout layout = LAYOUT_EMPTY;
	auto_cgroup struct cgroup none = CGROUP_NONE;
	struct job_plan plan = JOB_PLAN_EMPTY;
	struct process child = PROCESS_NONE;
	struct jail jail = JAIL_EMPTY;
	struct error err = { 0 };
	char *exec[] = { (char[]){ "true" }, NULL };
	siginfo_t info = { 0 };

	plan.sandbox = (char[]){ "default,best-effort" };
	plan.dir = (char[]){ "/" };
	plan.exec = (struct job_texts){ exec, 1 };
	CHECK(layout_read(&layout, &err) == 0);
	CHECK(jail_read(&jail, &plan, &layout, &err) == 0);
	CHECK(jail_start(&jail, &err) == 0);
	CHECK(jail_fork(&child, &jail, &none, &err) == 0);
	if (child.pid == 0)
		_exit(0);
	CHECK(waitid(P_PID, (id_t)child.pid, &info, WEXITED | WNOWAIT) == 0);
	(void)alarm(HANGS_S);
	jail_close(&jail);
	(void)alarm(0);
	CHECK(waitpid(child.pid, NULL, WNOHANG) < 0 && errno == ECHILD);
	close(child.pidfd);
}

static const struct check_case cases[] = {
	{ "it_ends_while_a_child_of_ours_in_it_is_not_reaped",
	  it_ends_while_a_child_of_ours_in_it_is_not_reaped },
};

CHECK_MAIN(cases)
