/*
 * Preloaded into a program: ends it, or lets a call fail, just before the Nth call that
 * would change something on the disk.  For crash.bats.
 *   CRASH_PROGRAM  the program's name; others are left alone
 *   CRASH_AT       N, from 1
 *   CRASH_ERRNO    fail with this number instead of kill -9
 *   CRASH_STOP     SIGSTOP instead of these, and go on when somebody lets it
 *   CRASH_COUNT    a file that gets the number of such calls at a normal end
 *   CRASH_TURNS    a file that counts the program's processes: only the one of the number
 *   CRASH_TURN     is meant
 *   CRASH_ALL      links, locks, new processes and signals to others are such calls, too
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct {
	bool active;
	long at;
	int error;
	bool stop;
	bool all;
	long count;
	FILE *told; /* opened early: a program may close files off for itself */
} plan;

static long number(const char *name)
{
	const char *text = getenv(name);

	return text ? strtol(text, NULL, 10) : 0;
}

/* Is it our turn?  Each process of the program adds a byte. */
static bool is_chosen(void)
{
	const char *path = getenv("CRASH_TURNS");
	bool chosen;
	int fd;

	if (!path)
		return true;
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	chosen = write(fd, ".", 1) == 1 && lseek(fd, 0, SEEK_CUR) == number("CRASH_TURN");
	close(fd);
	return chosen;
}

static void __attribute__((constructor)) begin(void)
{
	const char *program = getenv("CRASH_PROGRAM");
	const char *path = getenv("CRASH_COUNT");

	plan.active = program && strcmp(program, program_invocation_short_name) == 0 &&
		      is_chosen();
	plan.at = number("CRASH_AT");
	plan.error = (int)number("CRASH_ERRNO");
	plan.stop = number("CRASH_STOP");
	plan.all = number("CRASH_ALL");
	if (plan.active && path && !plan.all)
		plan.told = fopen(path, "we");
	plan.count = 0;
}

static void __attribute__((destructor)) end(void)
{
	bool at_last = plan.active && plan.all && getenv("CRASH_COUNT");

	plan.active = false;
	/* A supervisor closes all that it did not open itself. */
	if (at_last)
		plan.told = fopen(getenv("CRASH_COUNT"), "we");
	if (!plan.told)
		return;
	fprintf(plan.told, "%ld\n", plan.count);
	fclose(plan.told);
}

/* True: the call is to fail. */
static bool step(void)
{
	if (!plan.active || ++plan.count != plan.at)
		return false;
	if (plan.stop) {
		(void)kill(getpid(), SIGSTOP);
		return false;
	}
	if (!plan.error)
		(void)kill(getpid(), SIGKILL);
	errno = plan.error;
	return true;
}

static bool other_step(void)
{
	return plan.all && step();
}

static void *next(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

/* clang-format off */
#define WRAP(name, parameters, arguments)                                                \
	int name parameters;                                                             \
	int name parameters                                                              \
	{                                                                                \
		int (*real) parameters = next(#name);                                    \
		return step() ? -1 : real arguments;                                     \
	}
#define WRAP_SIZE(name, parameters, arguments)                                           \
	ssize_t name parameters;                                                         \
	ssize_t name parameters                                                          \
	{                                                                                \
		ssize_t (*real) parameters = next(#name);                                \
		return step() ? -1 : real arguments;                                     \
	}
#define WRAP_OTHER(name, parameters, arguments)                                          \
	int name parameters;                                                             \
	int name parameters                                                              \
	{                                                                                \
		int (*real) parameters = next(#name);                                    \
		return other_step() ? -1 : real arguments;                               \
	}
/* clang-format on */

WRAP_SIZE(write, (int fd, const void *bytes, size_t len), (fd, bytes, len))
WRAP_SIZE(pwrite, (int fd, const void *bytes, size_t len, off_t at), (fd, bytes, len, at))
WRAP_SIZE(pwrite64, (int fd, const void *bytes, size_t len, off_t at),
	  (fd, bytes, len, at))
WRAP(fsync, (int fd), (fd))
WRAP(fdatasync, (int fd), (fd))
WRAP(ftruncate, (int fd, off_t len), (fd, len))
WRAP(ftruncate64, (int fd, off_t len), (fd, len))
WRAP(rename, (const char *from, const char *to), (from, to))
WRAP(renameat, (int a, const char *from, int b, const char *to), (a, from, b, to))
WRAP(renameat2, (int a, const char *from, int b, const char *to, unsigned flags),
     (a, from, b, to, flags))
WRAP(link, (const char *from, const char *to), (from, to))
WRAP(linkat, (int a, const char *from, int b, const char *to, int flags),
     (a, from, b, to, flags))
WRAP(unlink, (const char *path), (path))
WRAP(unlinkat, (int dir, const char *path, int flags), (dir, path, flags))
WRAP(mkdir, (const char *path, mode_t mode), (path, mode))
WRAP(mkdirat, (int dir, const char *path, mode_t mode), (dir, path, mode))
WRAP(utimensat, (int dir, const char *path, const struct timespec *times, int flags),
     (dir, path, times, flags))

WRAP_OTHER(symlinkat, (const char *target, int dir, const char *path),
	   (target, dir, path))
WRAP_OTHER(symlink, (const char *target, const char *path), (target, path))
WRAP_OTHER(rmdir, (const char *path), (path))

#define SPAWN(name)                                                                      \
	int name(pid_t *pid, const char *path, const posix_spawn_file_actions_t *files,  \
		 const posix_spawnattr_t *attr, char *const argv[], char *const envp[])  \
	{                                                                                \
		int (*real)(pid_t *, const char *, const posix_spawn_file_actions_t *,   \
			    const posix_spawnattr_t *, char *const *, char *const *) =   \
			next(#name);                                                     \
		return other_step() ? errno : real(pid, path, files, attr, argv, envp);  \
	}
/* NOLINTBEGIN(readability-function-size): libc's own parameters */
SPAWN(posix_spawn)
SPAWN(posix_spawnp)
/* NOLINTEND(readability-function-size) */

pid_t fork(void)
{
	pid_t (*real)(void) = next("fork");

	return other_step() ? -1 : real();
}

/* Locks are taken by it. */
#define CONTROL(name)                                                                    \
	int name(int fd, int command, ...)                                               \
	{                                                                                \
		int (*real)(int, int, ...) = next(#name);                                \
		void *argument;                                                          \
		va_list list;                                                            \
		va_start(list, command);                                                 \
		argument = va_arg(list, void *);                                         \
		va_end(list);                                                            \
		return command == F_OFD_SETLK && other_step()                            \
			       ? -1                                                      \
			       : real(fd, command, argument);                            \
	}
CONTROL(fcntl)
CONTROL(fcntl64)

/* What is synced otherwise than by fsync(2) would not be counted. */
long syscall(long which, ...)
{
	long (*real)(long, ...) = next("syscall");
	long list[6];
	va_list args;
	size_t i;

	va_start(args, which);
	for (i = 0; i < 6; i++)
		list[i] = va_arg(args, long);
	va_end(args);
	if (plan.active && which == SYS_io_setup) {
		errno = ENOSYS;
		return -1;
	}
	if ((which == SYS_clone3 || which == SYS_pidfd_send_signal) && other_step())
		return -1;
	return real(which, list[0], list[1], list[2], list[3], list[4], list[5]);
}

#define OPEN(name)                                                                       \
	int name(const char *path, int flags, ...);                                      \
	int name(const char *path, int flags, ...)                                       \
	{                                                                                \
		int (*real)(const char *, int, ...) = next(#name);                       \
		mode_t mode = 0;                                                         \
		va_list list;                                                            \
		if (flags & O_CREAT) {                                                   \
			va_start(list, flags);                                           \
			mode = va_arg(list, mode_t);                                     \
			va_end(list);                                                    \
		}                                                                        \
		return (flags & O_CREAT) && step() ? -1 : real(path, flags, mode);       \
	}
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                                     \
	int name(int dir, const char *path, int flags, ...);                             \
	int name(int dir, const char *path, int flags, ...)                              \
	{                                                                                \
		int (*real)(int, const char *, int, ...) = next(#name);                  \
		mode_t mode = 0;                                                         \
		va_list list;                                                            \
		if (flags & O_CREAT) {                                                   \
			va_start(list, flags);                                           \
			mode = va_arg(list, mode_t);                                     \
			va_end(list);                                                    \
		}                                                                        \
		return (flags & O_CREAT) && step() ? -1 : real(dir, path, flags, mode);  \
	}
OPENAT(openat)
OPENAT(openat64)
