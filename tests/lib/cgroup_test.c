#include "lib/cgroup.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cgroup_base.h"
#include "lib/cgroup_limits.h"
#include "lib/cgroup_usage.h"
#include "lib/cgroup_v1.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/process.h"
#include "lib/str.h"
#include "tests/lib/check.h"

static const struct cgroup_limits none;

static struct cgroup_want want_of(const char *name, const struct cgroup_limits *limits,
				  const struct cgroup_limits *roof)
{
	return (struct cgroup_want){ "owner", name, limits, roof };
}

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
	struct cgroup_want want = want_of(name, limits, &none);
	struct error err = { 0 };
	unsigned have = 0;

	find(&base);
	if (cgroup_make(cgroup, &have, &base, &want, &err) < 0) {
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
	cgroup_usage_read(&usage, cgroup.fd);
	CHECK(usage.has_cpu && !usage.oom && !usage.oom_kills);
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

/* What a file of a group says; "" when it is not there. */
static void read_file(char *text, size_t size, const char *dir, const char *name)
{
	auto_free char *path = str_format("%s/%s", dir, name);
	FILE *in = fopen(path, "re");

	text[0] = '\0';
	if (in && fgets(text, (int)size, in))
		text[strcspn(text, "\n")] = '\0';
	if (in)
		fclose(in);
}

static void a_limit_applies_or_is_missing(void)
{
	static const struct cgroup_limits limits = { .cpu_us = 50000,
						     .memory_bytes = 64 << 20,
						     .pids = 10 };
	static const struct cgroup_limits roof = { .pids = 100 };
	auto_cgroup_base struct cgroup_base base = CGROUP_BASE_NONE;
	auto_cgroup struct cgroup cgroup = CGROUP_NONE;
	auto_free char *owner = str_format("limits-%d", (int)getpid());
	auto_free char *above = NULL;
	struct cgroup_want want = { owner, "job", &limits, &roof };
	struct error err = { 0 };
	unsigned have = 0;
	char text[64] = "";

	find(&base);
	CHECK(cgroup_make(&cgroup, &have, &base, &want, &err) == 0);
	above = str_format("%s/hooktools/%s", base.path, owner);
	read_file(text, sizeof(text), cgroup.path, "memory.max");
	CHECK_STR(text, have & CGROUP_BIT(CGROUP_MEMORY) ? "67108864" : "");
	read_file(text, sizeof(text), cgroup.path, "cpu.max");
	CHECK_STR(text, have & CGROUP_BIT(CGROUP_CPU) ? "50000 100000" : "");
	read_file(text, sizeof(text), above, "pids.max");
	CHECK_STR(text, have & CGROUP_BIT(CGROUP_PIDS) ? "100" : "");
	CHECK(cgroup_remove(&cgroup, &err) == 0);
	/* The owner's group goes with its last one. */
	CHECK(access(above, F_OK) < 0);
}

static void version_1_limits_what_version_2_lacks(void)
{
	static const struct cgroup_limits limits = { .memory_bytes = 64 << 20 };
	auto_cgroup_v1 struct cgroup_v1 base = CGROUP_V1_NONE;
	auto_cgroup_v1 struct cgroup_v1 groups = CGROUP_V1_NONE;
	auto_cgroup_v1 struct cgroup_v1 again = CGROUP_V1_NONE;
	struct cgroup_want want = want_of("version-1", &limits, &none);
	auto_buf struct buf lines = BUF_EMPTY;
	struct cgroup_usage usage = { 0 };
	struct error err = { 0 };
	char text[64] = "";
	pid_t pid;

	if (!(cgroup_v1_find(&base) & CGROUP_BIT(CGROUP_MEMORY))) {
		puts("no memory controller of version 1 here");
		exit(3);
	}
	CHECK(cgroup_v1_make(&groups, CGROUP_BIT(CGROUP_MEMORY), &base, &want, &err) ==
	      0);
	CHECK(groups.paths[CGROUP_MEMORY] && !groups.paths[CGROUP_CPU]);
	read_file(text, sizeof(text), groups.paths[CGROUP_MEMORY],
		  "memory.limit_in_bytes");
	CHECK_STR(text, "67108864");
	pid = fork();
	if (pid == 0) {
		pause();
		_exit(0);
	}
	CHECK(cgroup_v1_enter(&groups, pid, &err) == 0);
	read_file(text, sizeof(text), groups.paths[CGROUP_MEMORY], "cgroup.procs");
	CHECK(str_leading_u64(text) == (uint64_t)pid);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	cgroup_v1_usage(&usage, &groups);
	CHECK(usage.has_memory && !usage.oom_kills);
	cgroup_v1_dump(&lines, &groups);
	cgroup_v1_take(&again, buf_str(&lines));
	CHECK_STR(again.paths[CGROUP_MEMORY], groups.paths[CGROUP_MEMORY]);
	cgroup_v1_remove(&again);
	CHECK(access(groups.paths[CGROUP_MEMORY], F_OK) < 0);
}

static void a_frozen_group_stands_still_and_can_be_killed(void)
{
	auto_cgroup struct cgroup cgroup = CGROUP_NONE;
	struct process process = PROCESS_NONE;
	struct process_outcome outcome = { false, 0 };
	struct error err = { 0 };
	char text[64] = "";

	make(&cgroup, &none);
	CHECK(cgroup_fork(&process, &cgroup, &err) == 0);
	if (process.pid == 0) {
		for (;;)
			pause();
	}
	CHECK(cgroup_freeze(&cgroup, true, &err) == 0);
	read_file(text, sizeof(text), cgroup.path, "cgroup.freeze");
	CHECK_STR(text, "1");
	CHECK(cgroup_freeze(&cgroup, false, &err) == 0);
	CHECK(cgroup_freeze(&cgroup, true, &err) == 0);
	CHECK(cgroup_kill(&cgroup, &err) == 0);
	CHECK(process_wait(&outcome, &process, &err) == 0);
	CHECK(cgroup_wait_empty(&cgroup, 10000, &err) == 0);
	CHECK(cgroup_remove(&cgroup, &err) == 0);
}

static void cpus_and_disks_are_read(void)
{
	struct error err = { 0 };
	uint64_t cpu_us = 0;
	struct cgroup_limits limits = { .cpu_us = 1, .write_bps = 1 };

	CHECK(cgroup_parse_cpu(&cpu_us, "1.5", &err) == 0 && cpu_us == 150000);
	CHECK(cgroup_parse_cpu(&cpu_us, "0.005", &err) == -1 && err.kind == ERROR_DATA);
	CHECK(cgroup_parse_cpu(&cpu_us, "2x", &err) == -1);
	CHECK(cgroup_disk_of("/proc") == 0 && cgroup_disk_of("/no/such/folder") == 0);
	CHECK(cgroup_limits_need(&limits) ==
	      (CGROUP_BIT(CGROUP_CPU) | CGROUP_BIT(CGROUP_IO)));
	cgroup_limits_keep(&limits, CGROUP_BIT(CGROUP_IO));
	CHECK(!limits.cpu_us && limits.write_bps);
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
	{ "a_limit_applies_or_is_missing", a_limit_applies_or_is_missing },
	{ "version_1_limits_what_version_2_lacks",
	  version_1_limits_what_version_2_lacks },
	{ "a_frozen_group_stands_still_and_can_be_killed",
	  a_frozen_group_stands_still_and_can_be_killed },
	{ "cpus_and_disks_are_read", cpus_and_disks_are_read },
};

CHECK_MAIN(cases)
