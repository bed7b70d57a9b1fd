#include "lib/cgroup.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/cgroup_base.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/process.h"
#include "lib/str.h"
#include "tests/lib/check.h"

static const struct cgroup_limits none;

/* Where the machine gives us no group there is nothing to check; the test says so. */
static void find(struct cgroup_base *base)
{
	struct error err = { 0 };

	CHECK(cgroup_find(base, NULL, &err) == 0);
	if (!base->path) {
		puts("no cgroup v2 here");
		exit(3);
	}
}

static void make(struct cgroup *cgroup, const struct cgroup_limits *limits)
{
	auto_cgroup_base struct cgroup_base base = CGROUP_BASE_NONE;
	auto_free char *name = str_format("test-%d", (int)getpid());
	struct error err = { 0 };

	find(&base);
	if (cgroup_make(cgroup, &base, name, limits, &err) < 0) {
		fprintf(stderr, "%s\n", err.message);
		exit(1);
	}
}

static void no_is_none(void)
{
	struct cgroup_base base = CGROUP_BASE_NONE;
	struct error err = { 0 };

	CHECK(cgroup_find(&base, "no", &err) == 0 && !base.path);
	CHECK(cgroup_find(&base, "/tmp", &err) == -1 && err.kind == ERROR_CONFIG);
	CHECK_STR(err.message, "HOOKTOOLS_CGROUP: '/tmp' is no cgroup v2 folder");
}

static void a_child_is_born_inside(void)
{
	auto_cgroup struct cgroup cgroup = CGROUP_NONE;
	struct process process = PROCESS_NONE;
	struct process_outcome outcome = { false, 0 };
	struct cgroup_usage usage;
	struct error err = { 0 };
	bool populated = true;

	make(&cgroup, &none);
	CHECK(cgroup_is_populated(&populated, &cgroup, &err) == 0 && !populated);
	CHECK(cgroup_fork(&process, &cgroup, &err) == 0);
	if (process.pid == 0) {
		/* Its first act: look where it is. */
		char text[512] = "";
		FILE *file = fopen("/proc/self/cgroup", "re");
		bool inside = false;

		while (file && fgets(text, sizeof(text), file)) {
			text[strcspn(text, "\n")] = '\0';
			if (str_starts(text, "0::") &&
			    str_ends(cgroup.path, text + strlen("0::")))
				inside = true;
		}
		_exit(inside ? 7 : 8);
	}
	CHECK(process_wait(&outcome, &process, &err) == 0 && outcome.code == 7);
	CHECK(cgroup_wait_empty(&cgroup, 10000, &err) == 0);
	cgroup_usage_read(&usage, &cgroup);
	CHECK(!usage.oom);
	CHECK(cgroup_remove(&cgroup, &err) == 0);
	CHECK(access(cgroup.path, F_OK) < 0);
}

static void kill_takes_daemons_too(void)
{
	auto_cgroup struct cgroup cgroup = CGROUP_NONE;
	struct process process = PROCESS_NONE;
	struct process_outcome outcome = { false, 0 };
	struct error err = { 0 };

	make(&cgroup, &none);
	CHECK(cgroup_fork(&process, &cgroup, &err) == 0);
	if (process.pid == 0) {
		if (fork() == 0) {
			setsid();
			if (fork() == 0)
				pause();
			_exit(0);
		}
		wait(NULL);
		_exit(0);
	}
	CHECK(process_wait(&outcome, &process, &err) == 0);
	CHECK(cgroup_wait_empty(&cgroup, 0, &err) == -1 && err.kind == ERROR_TEMPORARY);
	CHECK(cgroup_kill(&cgroup, &err) == 0);
	CHECK(cgroup_wait_empty(&cgroup, 10000, &err) == 0);
	CHECK(cgroup_remove(&cgroup, &err) == 0);
}

static void a_limit_applies_or_is_an_error(void)
{
	static const struct cgroup_limits limits = { 50000, 64 << 20, 10 };
	auto_cgroup_base struct cgroup_base base = CGROUP_BASE_NONE;
	auto_cgroup struct cgroup cgroup = CGROUP_NONE;
	auto_free char *name = str_format("test-%d", (int)getpid());
	auto_free char *path = NULL;
	struct error err = { 0 };

	find(&base);
	path = str_format("%s/hooktools/%s", base.path, name);
	if (cgroup_make(&cgroup, &base, name, &limits, &err) == 0) {
		auto_free char *file = str_format("%s/memory.max", path);
		char text[64] = "";
		FILE *in = fopen(file, "re");

		CHECK(in && fgets(text, sizeof(text), in));
		CHECK_STR(text, "67108864\n");
		fclose(in);
		CHECK(cgroup_remove(&cgroup, &err) == 0);
		return;
	}
	CHECK(err.kind == ERROR_CONFIG && strstr(err.message, " limit"));
	CHECK(!cgroup.path && access(path, F_OK) < 0);
}

static void a_name_that_is_taken_gets_a_group_of_its_own(void)
{
	auto_cgroup struct cgroup first = CGROUP_NONE;
	auto_cgroup struct cgroup second = CGROUP_NONE;
	struct error err = { 0 };

	make(&first, &none);
	make(&second, &none);
	CHECK(strcmp(first.path, second.path) != 0);
	CHECK(access(first.path, F_OK) == 0 && access(second.path, F_OK) == 0);
	CHECK(cgroup_remove(&second, &err) == 0);
	CHECK(cgroup_remove(&first, &err) == 0);
}

static const struct check_case cases[] = {
	{ "no_is_none", no_is_none },
	{ "a_child_is_born_inside", a_child_is_born_inside },
	{ "kill_takes_daemons_too", kill_takes_daemons_too },
	{ "a_name_that_is_taken_gets_a_group_of_its_own",
	  a_name_that_is_taken_gets_a_group_of_its_own },
	{ "a_limit_applies_or_is_an_error", a_limit_applies_or_is_an_error },
};

CHECK_MAIN(cases)
