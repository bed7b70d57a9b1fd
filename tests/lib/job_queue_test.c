#include "lib/job_queue.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/job.h"
#include "lib/job_after.h"
#include "lib/job_entry.h"
#include "lib/job_group.h"
#include "lib/job_plan.h"
#include "lib/job_slot.h"
#include "lib/job_status.h"
#include "lib/layout.h"
#include "tests/lib/check.h"

#define ID_A "0195a000-0000-7000-8000-000000000001"
#define ID_B "0195b000-0000-7000-8000-000000000002"
#define ID_C "0195c000-0000-7000-8000-000000000003"
#define ID_NONE "0195d000-0000-7000-8000-000000000004"

static void an_entry_comes_back_from_its_name(void)
{
	static const struct job_entry entries[] = {
		{ 0, 0, 0, 0, false, false },
		{ 1770000000000001, 0, 0, 0, true, false },
		{ 1770000000000002, 1770000003600, 1, 1, false, true },
		{ 9999999999999999, 9999999999999, (UINT64_C(1) << 42) - 1,
		  JOB_PARALLEL_MAX, true, true },
	};
	static const char *const others[] = {
		"",
		".",
		"keeper",
		"1770000000000001-0000000000000-1-00000-000000000000000g",
		"1770000000000001-0000000000000-4-00000-0000000000000000",
		"1770000000000001-0000000000000-1-00000-00000000000000000",
		"177000000000000-00000000000000-1-00000-0000000000000000",
		"1770000000000001_0000000000000-1-00000-0000000000000000",
	};
	char before[JOB_ENTRY_LEN] = "";
	size_t i;

	for (i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		struct job_entry got = { 0 };
		char name[JOB_ENTRY_LEN];

		job_entry_name(name, &entries[i]);
		CHECK(strlen(name) == JOB_ENTRY_LEN - 1);
		CHECK(strcmp(before, name) < 0);
		CHECK(job_entry_parse(&got, name));
		CHECK(got.order_us == entries[i].order_us &&
		      got.due_ms == entries[i].due_ms && got.group == entries[i].group &&
		      got.parallel == entries[i].parallel &&
		      got.takes_slot == entries[i].takes_slot &&
		      got.comes_after == entries[i].comes_after);
		CHECK(job_entry_waits(&got) == (i > 0));
		memcpy(before, name, sizeof(before));
	}
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct job_entry got = { 0 };

		CHECK(!job_entry_parse(&got, others[i]) && !got.order_us);
	}
	CHECK(job_entry_group("site/main") == job_entry_group("site/main"));
	CHECK(job_entry_group("site/main") != job_entry_group("site/next"));
	CHECK(job_entry_group("") && job_entry_group("a") < UINT64_C(1) << 42);
}

static void open_queue(struct layout *layout, struct job_queue *queue)
{
	struct error err = { 0 };

	CHECK(layout_read(layout, &err) == 0);
	CHECK(job_queue_open(queue, layout, &err) == 0);
}

/* A job in this state, under this name. */
static void make_job(struct job *job, const struct layout *layout, const char *id,
		     enum job_state state, const char *name)
{
	struct job_status status = { .state = state, .exit_code = -1 };
	struct error err = { 0 };
	bool made = false;

	snprintf(status.name, sizeof(status.name), "%s", name);
	CHECK(job_make(job, &made, layout, id, &err) == 0 && made);
	CHECK(job_status_write(job, &status, false, &err) == 0);
}

static void a_job_waits_once_and_the_queue_is_over_with_the_last(void)
{
	auto_layout struct layout layout = LAYOUT_EMPTY;
	auto_job_queue struct job_queue queue = JOB_QUEUE_NONE;
	auto_job struct job job = JOB_NONE;
	struct job_entry entry = { .order_us = 5, .takes_slot = true };
	struct job_place place = { "", "" };
	char link[JOB_ENTRY_LEN + 8] = "waiting/";
	struct error err = { 0 };

	open_queue(&layout, &queue);
	make_job(&job, &layout, ID_A, JOB_QUEUED, "");
	CHECK(!job_queue_is_busy(&queue) && !job_queue_has(&queue, &entry));
	CHECK(job_queue_enter(&queue, &entry, &job, &err) == 0);
	CHECK(job_queue_enter(&queue, &entry, &job, &err) == 0);
	CHECK(job_queue_is_busy(&queue) && job_queue_has(&queue, &entry));
	job_entry_name(link + 8, &entry);
	CHECK(job_place_read(&place, queue.fd, link));
	CHECK_STR(place.id, ID_A);
	CHECK_STR(place.owner, job.owner);
	/* The keeper's question, and the answer to who comes then. */
	CHECK(unlinkat(queue.fd, "waiting", AT_REMOVEDIR) < 0);
	job_queue_leave(&queue, &entry);
	job_queue_leave(&queue, &entry);
	CHECK(unlinkat(queue.fd, "waiting", AT_REMOVEDIR) == 0);
	CHECK(!job_queue_is_busy(&queue));
	CHECK(job_queue_enter(&queue, &entry, &job, &err) == 0);
	CHECK(job_queue_has(&queue, &entry));
	CHECK(symlinkat("../../elsewhere", queue.fd, "waiting/x") == 0);
	CHECK(!job_place_read(&place, queue.fd, "waiting/x"));
	CHECK(!job_place_read(&place, queue.fd, "waiting/none"));
}

static void one_keeper_at_a_time(void)
{
	auto_layout struct layout layout = LAYOUT_EMPTY;
	auto_job_queue struct job_queue queue = JOB_QUEUE_NONE;
	auto_close int first = -1;
	auto_close int second = -1;
	char text[16] = "";
	struct stat before = { 0 };
	struct stat after = { 0 };
	struct error err = { 0 };

	open_queue(&layout, &queue);
	CHECK(job_queue_keep(&first, &queue, &err) == 0 && first >= 0);
	CHECK(job_queue_keep(&second, &queue, &err) == 0 && second < 0);
	CHECK(pread(first, text, sizeof(text) - 1, 0) > 0 &&
	      str_leading_u64(text) == (uint64_t)getpid());
	CHECK(utimensat(queue.fd, "keeper", (struct timespec[2]){ { 1, 0 }, { 1, 0 } },
			0) == 0);
	CHECK(fstatat(queue.fd, "keeper", &before, 0) == 0);
	job_queue_answered(&queue);
	CHECK(fstatat(queue.fd, "keeper", &after, 0) == 0 &&
	      after.st_mtime > before.st_mtime);
	/* It answers: nobody is ended, and nobody started. */
	CHECK(job_queue_rouse(&queue, &layout, &err) == 0);
	cleanup_close(&first);
	first = -1;
	CHECK(job_queue_keep(&second, &queue, &err) == 0 && second >= 0);
}

static enum job_slot take(int *fd, const struct job_queue *queue,
			  const struct job_entry *entry, uint64_t most)
{
	enum job_slot result = JOB_SLOT_TAKEN;
	struct error err = { 0 };

	if (*fd < 0)
		CHECK(job_slot_open(fd, queue, &err) == 0);
	CHECK(job_slot_take(&result, *fd, entry, most, &err) == 0);
	return result;
}

static void places_are_taken_whole_or_not_at_all(void)
{
	auto_layout struct layout layout = LAYOUT_EMPTY;
	auto_job_queue struct job_queue queue = JOB_QUEUE_NONE;
	struct job_entry site = { .group = 7, .parallel = 2, .takes_slot = true };
	struct job_entry other = { .group = 8, .parallel = 1, .takes_slot = true };
	struct job_entry group_only = { .group = 7, .parallel = 2 };
	int fds[5] = { -1, -1, -1, -1, -1 };
	size_t i;

	open_queue(&layout, &queue);
	CHECK(take(&fds[0], &queue, &site, 2) == JOB_SLOT_TAKEN);
	CHECK(take(&fds[1], &queue, &site, 2) == JOB_SLOT_TAKEN);
	CHECK(take(&fds[2], &queue, &site, 2) == JOB_SLOT_GROUP_FULL);
	CHECK(take(&fds[2], &queue, &group_only, 2) == JOB_SLOT_GROUP_FULL);
	CHECK(take(&fds[2], &queue, &other, 2) == JOB_SLOT_ALL_FULL);
	/* What it had of its group it has given back. */
	CHECK(take(&fds[3], &queue, &other, 3) == JOB_SLOT_TAKEN);
	job_slot_give(fds[0]);
	CHECK(take(&fds[4], &queue, &group_only, 2) == JOB_SLOT_TAKEN);
	CHECK(take(&fds[2], &queue, &site, 9) == JOB_SLOT_GROUP_FULL);
	CHECK(job_slot_default() >= JOB_SLOTS_LEAST);
	for (i = 0; i < 5; i++)
		cleanup_close(&fds[i]);
}

static void the_kernel_gives_a_dead_holders_places_away(void)
{
	auto_layout struct layout layout = LAYOUT_EMPTY;
	auto_job_queue struct job_queue queue = JOB_QUEUE_NONE;
	struct job_entry entry = { .group = 7, .parallel = 1, .takes_slot = true };
	auto_close int ours = -1;
	int ready[2];
	char byte;
	pid_t child;

	open_queue(&layout, &queue);
	CHECK(pipe(ready) == 0);
	child = fork();
	CHECK(child >= 0);
	if (child == 0) {
		int fd = -1;

		CHECK(take(&fd, &queue, &entry, 1) == JOB_SLOT_TAKEN);
		CHECK(write(ready[1], "x", 1) == 1);
		for (;;)
			pause();
	}
	CHECK(read(ready[0], &byte, 1) == 1);
	CHECK(take(&ours, &queue, &entry, 1) == JOB_SLOT_GROUP_FULL);
	CHECK(kill(child, SIGKILL) == 0 && waitpid(child, NULL, 0) == child);
	CHECK(take(&ours, &queue, &entry, 1) == JOB_SLOT_TAKEN);
	close(ready[0]);
	close(ready[1]);
}

static enum job_after_verdict judge(const struct layout *layout, const char *a,
				    const char *b)
{
	auto_job_plan struct job_plan plan = JOB_PLAN_EMPTY;
	enum job_after_verdict verdict = JOB_AFTER_OPEN;
	char why[JOB_AFTER_WHY] = "";
	struct error err = { 0 };

	job_texts_add(&plan.after, a);
	if (b)
		job_texts_add(&plan.after, b);
	CHECK(job_after_judge(&verdict, why, layout, &plan, &err) == 0);
	CHECK((verdict == JOB_AFTER_TRUE) == !*why);
	return verdict;
}

static void who_comes_after_others_is_judged_by_their_ends(void)
{
	static const struct {
		enum job_state state;
		enum job_after_verdict ok, failed, any;
	} rows[] = {
		{ JOB_QUEUED, JOB_AFTER_OPEN, JOB_AFTER_OPEN, JOB_AFTER_OPEN },
		{ JOB_OK, JOB_AFTER_TRUE, JOB_AFTER_NEVER, JOB_AFTER_TRUE },
		{ JOB_FAILED, JOB_AFTER_NEVER, JOB_AFTER_TRUE, JOB_AFTER_TRUE },
		{ JOB_TIMEOUT, JOB_AFTER_NEVER, JOB_AFTER_TRUE, JOB_AFTER_TRUE },
		{ JOB_CANCELLED, JOB_AFTER_NEVER, JOB_AFTER_TRUE, JOB_AFTER_TRUE },
		{ JOB_SKIPPED, JOB_AFTER_NEVER, JOB_AFTER_TRUE, JOB_AFTER_TRUE },
		{ JOB_LOST, JOB_AFTER_NEVER, JOB_AFTER_TRUE, JOB_AFTER_TRUE },
	};
	auto_layout struct layout layout = LAYOUT_EMPTY;
	auto_job_queue struct job_queue queue = JOB_QUEUE_NONE;
	auto_job struct job open = JOB_NONE;
	size_t i;

	open_queue(&layout, &queue);
	make_job(&open, &layout, ID_B, JOB_QUEUED, "");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		auto_job struct job job = JOB_NONE;
		struct job_status status = { .state = rows[i].state, .exit_code = -1 };
		struct error err = { 0 };
		bool made = false;

		CHECK(job_make(&job, &made, &layout, ID_A, &err) == 0);
		CHECK(job_status_write(&job, &status, false, &err) == 0);
		CHECK(judge(&layout, ID_A, NULL) == rows[i].ok);
		CHECK(judge(&layout, ID_A ":ok", NULL) == rows[i].ok);
		CHECK(judge(&layout, ID_A ":failed", NULL) == rows[i].failed);
		CHECK(judge(&layout, ID_A ":any", NULL) == rows[i].any);
		/* Both must come true; one that cannot is enough. */
		CHECK(judge(&layout, ID_A, ID_B) ==
		      (rows[i].ok == JOB_AFTER_NEVER ? JOB_AFTER_NEVER : JOB_AFTER_OPEN));
		CHECK(judge(&layout, ID_B, ID_A) == judge(&layout, ID_A, ID_B));
	}
	CHECK(judge(&layout, ID_NONE ":any", ID_B) == JOB_AFTER_NEVER);
}

static void who_waits_for_an_end_hears_of_it(void)
{
	static const char *const wrong[] = { "",	   "nobody",	  ID_A ":",
					     ID_A ":done", ID_A " :ok",	  ID_A "x",
					     ":ok",	   ID_A ":ok:ok", ("../" ID_A) };
	auto_layout struct layout layout = LAYOUT_EMPTY;
	auto_job_queue struct job_queue queue = JOB_QUEUE_NONE;
	auto_job_plan struct job_plan plan = JOB_PLAN_EMPTY;
	struct job_after after = { "", JOB_AFTER_OK };
	struct error err = { 0 };
	size_t i;

	open_queue(&layout, &queue);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		CHECK(job_after_parse(&after, wrong[i], &err) == -1);
		CHECK(err.kind == ERROR_DATA && !after.id[0]);
	}
	CHECK(job_after_parse(&after, ID_A ":any", &err) == 0);
	CHECK(after.how == JOB_AFTER_ANY);
	CHECK_STR(after.id, ID_A);
	job_texts_add(&plan.after, ID_A ":any");
	job_texts_add(&plan.after, ID_B);
	CHECK(job_after_subscribe(&queue, &plan, &err) == 0);
	CHECK(job_after_subscribe(&queue, &plan, &err) == 0);
	CHECK(faccessat(queue.fd, "after/" ID_A, F_OK, 0) == 0);
	job_after_tell(&queue, ID_A);
	job_after_tell(&queue, ID_A);
	CHECK(faccessat(queue.fd, "after/" ID_A, F_OK, 0) < 0);
	CHECK(faccessat(queue.fd, "after/" ID_B, F_OK, 0) == 0);
}

/* The ids of those that have not ended, "A B". */
static void list(char text[static 128], const struct job_group *group,
		 const struct layout *layout, const struct job_members_what *what)
{
	auto_job_members struct job_members members = JOB_MEMBERS_EMPTY;
	struct error err = { 0 };
	size_t i;
	size_t len = 0;

	CHECK(job_members_read(&members, group, layout, what, &err) == 0);
	text[0] = '\0';
	for (i = 0; i < members.count; i++)
		len += (size_t)snprintf(text + len, 128 - len, "%s%c", i ? " " : "",
					members.places[i].id[4] - 'a' + 'A');
}

static void a_group_has_those_that_have_not_ended_the_oldest_first(void)
{
	auto_layout struct layout layout = LAYOUT_EMPTY;
	auto_job_queue struct job_queue queue = JOB_QUEUE_NONE;
	auto_job_group struct job_group group = JOB_GROUP_NONE;
	auto_job_plan struct job_plan plan = JOB_PLAN_EMPTY;
	static const char *const ids[] = { ID_A, ID_B, ID_C };
	struct job jobs[] = { JOB_NONE, JOB_NONE, JOB_NONE };
	struct error err = { 0 };
	char got[128];
	uint64_t i;

	open_queue(&layout, &queue);
	plan.group = str_dup("site/main");
	CHECK(job_group_open(&group, &queue, plan.group, &err) == 0);
	for (i = 0; i < 3; i++) {
		struct job_entry entry = { .order_us = 9 - i };

		make_job(&jobs[i], &layout, ids[i], JOB_QUEUED, i ? "like" : "other");
		CHECK(job_group_join(&group, &entry, &jobs[i], &err) == 0);
		CHECK(job_group_join(&group, &entry, &jobs[i], &err) == 0);
	}
	list(got, &group, &layout, &(struct job_members_what){ NULL, SIZE_MAX });
	CHECK_STR(got, "C B A");
	list(got, &group, &layout, &(struct job_members_what){ NULL, 1 });
	CHECK_STR(got, "C");
	list(got, &group, &layout, &(struct job_members_what){ "like", SIZE_MAX });
	CHECK_STR(got, "C B");
	/* Its end is what counts, not whether it has said good-bye. */
	CHECK(job_status_write(&jobs[2], &(struct job_status){ .state = JOB_OK }, false,
			       &err) == 0);
	list(got, &group, &layout, &(struct job_members_what){ NULL, SIZE_MAX });
	CHECK_STR(got, "B A");
	job_group_close(&group);
	for (i = 0; i < 3; i++) {
		CHECK(faccessat(queue.fd, "groups/site,main", F_OK, 0) == 0);
		plan.order_us = 9 - i;
		job_group_leave(&queue, &plan, &jobs[i]);
		job_close(&jobs[i]);
	}
	CHECK(faccessat(queue.fd, "groups/site,main", F_OK, 0) < 0);
	CHECK(job_group_is_name("a") && job_group_is_name("Site/main:1@x+y_z.-"));
	CHECK(!job_group_is_name("") && !job_group_is_name(".a") &&
	      !job_group_is_name("/a") && !job_group_is_name("a b") &&
	      !job_group_is_name("a,b") && !job_group_is_name("a\n"));
}

static const struct check_case cases[] = {
	{ "an_entry_comes_back_from_its_name", an_entry_comes_back_from_its_name },
	{ "a_job_waits_once_and_the_queue_is_over_with_the_last",
	  a_job_waits_once_and_the_queue_is_over_with_the_last },
	{ "one_keeper_at_a_time", one_keeper_at_a_time },
	{ "places_are_taken_whole_or_not_at_all", places_are_taken_whole_or_not_at_all },
	{ "the_kernel_gives_a_dead_holders_places_away",
	  the_kernel_gives_a_dead_holders_places_away },
	{ "who_comes_after_others_is_judged_by_their_ends",
	  who_comes_after_others_is_judged_by_their_ends },
	{ "who_waits_for_an_end_hears_of_it", who_waits_for_an_end_hears_of_it },
	{ "a_group_has_those_that_have_not_ended_the_oldest_first",
	  a_group_has_those_that_have_not_ended_the_oldest_first },
};

CHECK_MAIN(cases)
