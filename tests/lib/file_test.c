#include "lib/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "tests/lib/check.h"

/* Each case runs in an empty folder of its own. */
static int folder(void)
{
	CHECK(chdir(getenv("BATS_TEST_TMPDIR")) == 0);
	CHECK(mkdir("f", 0700) == 0 && chdir("f") == 0);
	return AT_FDCWD;
}

static void reads_whole_with_a_limit(void)
{
	auto_buf struct buf out = BUF_EMPTY;
	struct error err = { 0 };
	bool found = true;
	int here = folder();

	CHECK(file_replace(here, "a", "x\0y", 3, 0600, &err) == 0);
	CHECK(file_read(&out, here, "a", 3, &err) == 0 && out.len == 3);
	CHECK(file_read(&out, here, "a", 2, &err) == -1 && err.kind == ERROR_DATA);
	CHECK_STR(err.message, "'a': more than 2 bytes");
	CHECK(file_read_if(&out, &found, here, "none", 9, &err) == 0 && !found);
	CHECK(file_read(&out, here, "none", 9, &err) == -1 && err.kind == ERROR_SYSTEM);
	CHECK_STR(err.message, "open 'none': No such file or directory");
}

static void replace_keeps_the_mode_and_leaves_no_temporary(void)
{
	struct error err = { 0 };
	struct stat st = { 0 };
	int here = folder();

	umask(0);
	CHECK(file_replace(here, "key", "1", 1, 0400, &err) == 0);
	CHECK(file_replace(here, "key", "22", 2, 0400, &err) == 0);
	CHECK(stat("key", &st) == 0 && (st.st_mode & 0777) == 0400 && st.st_size == 2);
	CHECK(unlink("key") == 0);
	CHECK(rmdir("../f") == 0);
}

static void replace_into_a_missing_folder_fails(void)
{
	struct error err = { 0 };
	int here = folder();

	CHECK(file_replace(here, "no/a", "1", 1, 0600, &err) == -1);
	CHECK(strstr(err.message, "create 'no/a.") != NULL);
}

static void makes_parents(void)
{
	struct error err = { 0 };

	folder();
	CHECK(file_make_dirs("a/b/c", 0700, &err) == 0);
	CHECK(file_make_dirs("a/b/c", 0700, &err) == 0);
	CHECK(access("a/b/c", F_OK) == 0);
	CHECK(file_replace(AT_FDCWD, "file", "", 0, 0600, &err) == 0);
	CHECK(file_make_dirs("file/x", 0700, &err) == -1);
}

static void lock_keeps_the_other_out(void)
{
	struct error err = { 0 };
	auto_close int fd = -1;
	int here = folder();
	int status = 0;
	pid_t pid;

	CHECK(file_lock(&fd, here, "lock", &err) == 0);
	pid = fork();
	if (pid == 0) {
		alarm(1);
		(void)file_lock(&fd, here, "lock", &err);
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
}

static void write_says_what_failed(void)
{
	struct error err = { 0 };
	auto_close int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	CHECK(fd >= 0 && file_write(fd, "x", 1, "the file", &err) == -1);
	CHECK_STR(err.message, "write 'the file': No space left on device");
}

static const struct check_case cases[] = {
	{ "reads_whole_with_a_limit", reads_whole_with_a_limit },
	{ "replace_keeps_the_mode_and_leaves_no_temporary",
	  replace_keeps_the_mode_and_leaves_no_temporary },
	{ "replace_into_a_missing_folder_fails", replace_into_a_missing_folder_fails },
	{ "makes_parents", makes_parents },
	{ "lock_keeps_the_other_out", lock_keeps_the_other_out },
	{ "write_says_what_failed", write_says_what_failed },
};

CHECK_MAIN(cases)
