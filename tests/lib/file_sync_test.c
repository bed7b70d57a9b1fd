#include "lib/file_sync.h"

#include <fcntl.h>
#include <unistd.h>

#include "lib/error.h"
#include "tests/lib/check.h"

/* As many files, in a folder of the test's own. */
static void open_files(int *fds, size_t count)
{
	size_t i;

	CHECK(chdir(getenv("BATS_TEST_TMPDIR")) == 0);
	for (i = 0; i < count; i++) {
		char name[32];

		snprintf(name, sizeof(name), "f%zu", i);
		fds[i] = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		CHECK(fds[i] >= 0 && write(fds[i], "x", 1) == 1);
	}
}

static void syncs_one_and_many_and_none(void)
{
	struct file_sync sync = FILE_SYNC_NONE;
	struct error err = { 0 };
	int fds[FILE_SYNC_MAX];

	open_files(fds, FILE_SYNC_MAX);
	CHECK(file_sync_all(&sync, fds, 0, &err) == 0);
	CHECK(file_sync_all(&sync, fds, 1, &err) == 0 && !sync.context);
	CHECK(file_sync_all(&sync, fds, FILE_SYNC_MAX, &err) == 0);
	CHECK(file_sync_all(&sync, fds, 2, &err) == 0);
	file_sync_close(&sync);
	CHECK(!sync.context);
}

static void works_where_the_kernel_refuses(void)
{
	struct file_sync sync = { 0, true };
	struct error err = { 0 };
	int fds[3];

	open_files(fds, 3);
	CHECK(file_sync_all(&sync, fds, 3, &err) == 0 && !sync.context);
	close(fds[1]);
	CHECK(file_sync_all(&sync, fds, 3, &err) == -1);
	CHECK_STR(err.message, "sync a file: Bad file descriptor");
}

static void says_what_failed_of_many(void)
{
	struct file_sync sync = FILE_SYNC_NONE;
	struct error err = { 0 };
	int fds[4];

	open_files(fds, 4);
	close(fds[2]);
	CHECK(file_sync_all(&sync, fds, 4, &err) == -1);
	CHECK_STR(err.message, "sync a file: Bad file descriptor");
	file_sync_close(&sync);
}

static const struct check_case cases[] = {
	{ "syncs_one_and_many_and_none", syncs_one_and_many_and_none },
	{ "works_where_the_kernel_refuses", works_where_the_kernel_refuses },
	{ "says_what_failed_of_many", says_what_failed_of_many },
};

CHECK_MAIN(cases)
