#include "bin/runjob-attach/target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/process_stat.h"
#include "lib/str.h"

enum { TEXT_LIMIT = 16 * 1024 * 1024, SMALL_LIMIT = 65536 };

static int look_at_switch(const struct config *config, struct error *err)
{
	const char *text = config_get(config, "HOOKTOOLS_ATTACH");

	if (!text || str_equal(text, "yes"))
		return 0;
	if (str_equal(text, "no"))
		return error_set(
			err, ERROR_DENIED,
			"the operator has switched this off: HOOKTOOLS_ATTACH=no");
	return error_set(err, ERROR_CONFIG, "HOOKTOOLS_ATTACH is yes or no, not '%s'",
			 text);
}

int target_open(struct target *target, const char *owner, const char *id,
		struct error *err)
{
	bool found = false;

	if (layout_read(&target->layout, err) < 0)
		return -1;
	target->layout.owner = owner;
	if (config_load(&target->config, &target->layout, err) < 0 ||
	    look_at_switch(&target->config, err) < 0 ||
	    job_open(&target->job, &found, &target->layout, id, err) < 0)
		return -1;
	if (!found)
		return error_set(err, ERROR_ABSENT, "no job '%s'", id);
	if (job_plan_read(&target->plan, &target->job, err) < 0 ||
	    job_status_now(&target->status, &found, &target->job, err) < 0)
		return job_is_removed(&target->job) ? job_say_removed(id, err) : -1;
	return jail_read(&target->jail, &target->plan, &target->layout, err);
}

static int not_running(const struct target *target, struct error *err)
{
	return error_set(err, ERROR_ABSENT,
			 "job '%s' does not run (%s); see runjob shell", target->job.id,
			 job_state_name(target->status.state));
}

/* Field 22 of proc(5)'s stat; 0 when it is gone. */
static uint64_t start_of(pid_t pid)
{
	auto_free char *path = str_format("/proc/%d/stat", (int)pid);
	auto_buf struct buf text = BUF_EMPTY;
	struct error ignored = { 0 };

	if (file_read(&text, AT_FDCWD, path, SMALL_LIMIT, &ignored) < 0)
		return 0;
	return process_stat_field(buf_str(&text), 22);
}

/* Its first process: the number and start time on record, so that it is no stranger. */
static int find_leader(struct target *target, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;
	auto_close int pidfd = -1;
	const char *start;
	bool found = false;
	pid_t pid;

	if (file_read_if(&text, &found, target->job.fd, "pid", SMALL_LIMIT, err) < 0)
		return -1;
	start = strchr(buf_str(&text), ' ');
	pid = (pid_t)str_leading_u64(buf_str(&text));
	if (target->status.state != JOB_RUNNING || !start || pid <= 0)
		return not_running(target, err);
	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	/* With the descriptor in hand nobody else can become that number. */
	if (pidfd < 0 || start_of(pid) != str_leading_u64(start + 1))
		return not_running(target, err);
	jail_join(&target->jail, pid, steal_fd(&pidfd));
	return 0;
}

static int find_groups(struct target *target, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;
	auto_free char *first = NULL;
	bool found = false;

	if (file_read_if(&text, &found, target->job.fd, "cgroup", SMALL_LIMIT, err) < 0)
		return -1;
	first = str_format("%.*s", (int)strcspn(buf_str(&text), "\n"), buf_str(&text));
	if (str_starts(target->status.containment, "cgroup") &&
	    cgroup_open(&target->cgroup, &found, first, err) < 0)
		return -1;
	cgroup_v1_take(&target->v1, buf_str(&text));
	return 0;
}

static void take_texts(struct job_texts *texts, const struct buf *text)
{
	const char *end = buf_str(text) + text->len;
	const char *p;

	for (p = buf_str(text); p < end; p += strlen(p) + 1)
		job_texts_add(texts, p);
}

int target_join(struct target *target, struct error *err)
{
	auto_free char *path = NULL;
	auto_secret struct buf text = BUF_EMPTY;
	struct error why = { 0 };
	int failed;

	if (find_leader(target, err) < 0 || find_groups(target, err) < 0)
		return -1;
	path = str_format("/proc/%d/environ", (int)target->jail.init.pid);
	failed = file_read(&text, AT_FDCWD, path, TEXT_LIMIT, &why);
	/* It has ended meanwhile: one that lives has its id there at least. */
	if ((!failed && !text.len) || (failed && !start_of(target->jail.init.pid)))
		return not_running(target, err);
	if (failed) {
		*err = why;
		return -1;
	}
	take_texts(&target->environment, &text);
	return 0;
}

static void name_secrets(const struct job_texts *secrets)
{
	size_t i;

	for (i = 0; i < secrets->count; i++)
		fprintf(stderr, "runjob: left out: %.*s (a secret)\n",
			(int)strcspn(secrets->items[i], "="), secrets->items[i]);
}

int target_repeat(struct target *target, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;
	bool found = false;

	if (file_read_if(&text, &found, target->job.fd, "environment", TEXT_LIMIT, err) <
	    0)
		return -1;
	if (!found)
		return error_set(err, ERROR_ABSENT, "job '%s' has not begun to run",
				 target->job.id);
	take_texts(&target->environment, &text);
	name_secrets(&target->plan.secrets);
	name_secrets(&target->plan.secret_files);
	return jail_start(&target->jail, err);
}

const char *target_shell(const struct target *target)
{
	const char *shell = NULL;
	size_t i;

	for (i = 0; i < target->environment.count; i++) {
		if (str_starts(target->environment.items[i], "SHELL="))
			shell = target->environment.items[i] + strlen("SHELL=");
	}
	/* Those of accounts that nobody logs in to are no shells. */
	if (!shell || !*shell || str_ends(shell, "/nologin") || str_ends(shell, "/false"))
		return "/bin/sh";
	return shell;
}

void target_close(struct target *target)
{
	jail_close(&target->jail);
	cgroup_close(&target->cgroup);
	cgroup_v1_free(&target->v1);
	for (size_t i = 0; i < target->environment.count; i++) {
		explicit_bzero(target->environment.items[i],
			       strlen(target->environment.items[i]));
		free(target->environment.items[i]);
	}
	free(target->environment.items);
	job_plan_free(&target->plan);
	job_close(&target->job);
	config_free(&target->config);
	layout_free(&target->layout);
}
