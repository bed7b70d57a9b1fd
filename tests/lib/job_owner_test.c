#include "lib/job_owner.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/str.h"
#include "tests/lib/check.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define EIGHT_BYTES "AB:CD:EF:01:23:45:67:89"
#define ID "0195a000-0000-7000-8000-000000000001"

static void open_layout(struct layout *layout, const char *owner)
{
	struct error err = { 0 };

	CHECK(layout_read(layout, &err) == 0);
	layout->owner = owner;
}

static void fingerprints_are_names(void)
{
	char owner[JOB_OWNER_LEN] = "";

	CHECK(job_owner_parse(owner, EIGHT_BYTES ":" EIGHT_BYTES ":" EIGHT_BYTES
						 ":" EIGHT_BYTES));
	CHECK_STR(owner,
		  "abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789");
	CHECK(job_owner_parse(owner, A));
	CHECK_STR(owner, A);
	CHECK(!job_owner_parse(owner, ""));
	CHECK(!job_owner_parse(owner, A "a"));
	CHECK(!job_owner_parse(owner, "../" A));
	CHECK(!job_owner_parse(owner, EIGHT_BYTES ":" EIGHT_BYTES ":" EIGHT_BYTES
						  "." EIGHT_BYTES));
	CHECK(!job_owner_parse(owner, EIGHT_BYTES ":" EIGHT_BYTES ":" EIGHT_BYTES
						  ":AB:CD:EF:01:23:45:67:8."));
	CHECK_STR(owner, A);
}

static void owners_do_not_see_each_other(void)
{
	auto_layout struct layout layout = LAYOUT_EMPTY;
	auto_job struct job job = JOB_NONE;
	auto_job_list struct job_list list = JOB_LIST_EMPTY;
	auto_job_owners struct job_owners owners = JOB_OWNERS_EMPTY;
	auto_free char *dir = NULL;
	struct error err = { 0 };
	struct stat info = { 0 };
	bool yes = false;

	open_layout(&layout, A);
	CHECK(job_owners_read(&owners, &layout, &err) == 0 && owners.count == 0);
	CHECK(job_make(&job, &yes, &layout, ID, &err) == 0 && yes);
	CHECK_STR(job.owner, A);
	dir = str_format("%s/jobs/" A "/" ID, layout.state);
	CHECK_STR(job.dir, dir);
	CHECK(stat(dir, &info) == 0 && (info.st_mode & 0777) == 0700);
	job_close(&job);
	layout.owner = B;
	CHECK(job_open(&job, &yes, &layout, ID, &err) == 0 && !yes);
	CHECK(job_list_read(&list, &layout, &err) == 0 && list.count == 0);
	layout.owner = NULL;
	CHECK(job_open(&job, &yes, &layout, ID, &err) == 0 && !yes);
	CHECK(job_find(&job, &yes, &layout, ID, &err) == 0 && yes);
	CHECK_STR(job.owner, A);
	CHECK(job_owners_read(&owners, &layout, &err) == 0 && owners.count == 1);
	CHECK_STR(owners.names[0], A);
	layout.owner = "../" A;
	CHECK(job_list_read(&list, &layout, &err) == -1 && err.kind == ERROR_USAGE);
}

static void a_renewed_one_is_the_same(void)
{
	auto_layout struct layout layout = LAYOUT_EMPTY;
	auto_job struct job job = JOB_NONE;
	auto_job_owners struct job_owners owners = JOB_OWNERS_EMPTY;
	auto_free char *evil = NULL;
	char owner[JOB_OWNER_LEN] = "";
	struct error err = { 0 };
	bool yes = false;

	open_layout(&layout, A);
	CHECK(job_make(&job, &yes, &layout, ID, &err) == 0);
	CHECK(job_owner_renew(&layout, B, &err) == 0);
	CHECK(job_owner_renew(&layout, B, &err) == 0);
	job_close(&job);
	/* And the next one, of the one before. */
	layout.owner = B;
	CHECK(job_owner_renew(&layout, C, &err) == 0);
	layout.owner = C;
	CHECK(job_open(&job, &yes, &layout, ID, &err) == 0 && yes);
	CHECK_STR(job.owner, A);
	CHECK(job_owners_read(&owners, &layout, &err) == 0 && owners.count == 1);
	/* What has jobs of its own keeps them. */
	job_owner_self(owner);
	layout.owner = owner;
	CHECK(job_owner_renew(&layout, A, &err) == -1 && err.kind == ERROR_DENIED);
	CHECK(job_owner_renew(&layout, C, &err) == -1 && err.kind == ERROR_DENIED);
	evil = job_owner_path(
		&layout,
		"dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd");
	CHECK(symlink("../../..", evil) == 0);
	layout.owner = strrchr(evil, '/') + 1;
	CHECK(job_owner_find(owner, &layout, &err) == -1 && err.kind == ERROR_DATA);
}

static const struct check_case cases[] = {
	{ "fingerprints_are_names", fingerprints_are_names },
	{ "owners_do_not_see_each_other", owners_do_not_see_each_other },
	{ "a_renewed_one_is_the_same", a_renewed_one_is_the_same },
};

CHECK_MAIN(cases)
