#include "lib/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/error.h"
#include "tests/lib/check.h"

/* Its statuses: what is not the sandbox's is above 1. */
enum { YES, NO, FAILED };

static char folder[] = "/tmp/sandbox.XXXXXX";

static bool lock_up(void)
{
	const struct sandbox_path paths[] = {
		{ folder, true },
		{ "/etc", false },
		{ "/nonexistent/by/any/means", true },
	};
	struct error err = { 0 };
	bool landlocked = false;

	if (sandbox_enter(&landlocked, paths, 3, &err) < 0) {
		fprintf(stderr, "%s\n", err.message);
		_exit(FAILED);
	}
	return landlocked;
}

/* In a child, for there is no way back. */
static int inside(int (*what)(void))
{
	int status = 0;
	pid_t pid;

	pid = fork();
	if (pid == 0)
		_exit(what());
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int executes(void)
{
	char name[] = "/bin/true";
	char *const arguments[] = { name, NULL };
	char *const nothing[] = { NULL };

	(void)lock_up();
	(void)execve("/bin/true", arguments, nothing);
	return errno == EPERM || errno == EACCES ? NO : FAILED;
}

static int writes(const char *path)
{
	bool landlocked = lock_up();
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd >= 0)
		return landlocked ? YES : NO;
	return errno == EACCES ? NO : FAILED;
}

static int writes_inside(void)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/file", folder);
	(void)lock_up();
	if (open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) < 0 ||
	    truncate(path, 0) < 0 || unlink(path) < 0)
		return NO;
	return YES;
}

static int writes_outside(void)
{
	return writes("/tmp/sandbox.outside");
}

static int reads_named(void)
{
	(void)lock_up();
	return open("/etc/passwd", O_RDONLY | O_CLOEXEC) < 0 ? NO : YES;
}

static int writes_named_for_reading(void)
{
	return writes("/etc/sandbox.outside");
}

static void executes_nothing(void)
{
	CHECK(inside(executes) == NO);
}

static void reaches_what_was_named(void)
{
	CHECK(mkdtemp(folder));
	CHECK(inside(writes_inside) == YES);
	CHECK(inside(reads_named) == YES);
	CHECK(rmdir(folder) == 0);
}

static void reaches_nothing_else(void)
{
	CHECK(mkdtemp(folder));
	CHECK(inside(writes_outside) == NO);
	CHECK(inside(writes_named_for_reading) == NO);
	CHECK(rmdir(folder) == 0);
}

static const struct check_case cases[] = {
	{ "executes_nothing", executes_nothing },
	{ "reaches_what_was_named", reaches_what_was_named },
	{ "reaches_nothing_else", reaches_nothing_else },
};

CHECK_MAIN(cases)
