/*
 * Preloaded into a program: remembers what a disk would still have after a power cut, and
 * kills the program just before the Nth call that changes the disk.  A file has what it had at
 * the last fsync of it, a folder the names it had at the last fsync of it; nothing else lasts.
 *   POWERCUT_AT      N, from 1; 0: never
 *   POWERCUT_IMAGE   the folder where that is kept: data/<inode>, names/<inode>
 *   POWERCUT_BOOT    the file to read instead of the kernel's boot_id
 * `powercut ROOT IMAGE TO`, built with -DRESTORE, writes what lasted of ROOT to TO.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void fail(const char *what)
{
	fprintf(stderr, "powercut: %s: %s\n", what, strerror(errno));
	_exit(99);
}

static void path_of(char path[4096], const char *image, const char *kind, ino_t inode)
{
	snprintf(path, 4096, "%s/%s/%ju", image, kind, (uintmax_t)inode);
}

#ifdef RESTORE

static void copy(int to_dir, const char *name, const char *from)
{
	int in = open(from, O_RDONLY);
	int out = openat(to_dir, name, O_WRONLY | O_CREAT | O_EXCL, 0600);
	char bytes[65536];
	ssize_t got;

	if (out < 0)
		fail(name);
	/* Its name lasted and its bytes did not: it is empty. */
	while (in >= 0 && (got = read(in, bytes, sizeof(bytes))) > 0) {
		if (write(out, bytes, (size_t)got) != got)
			fail(name);
	}
	close(in);
	close(out);
}

/* names/<inode>: lines "<type> <inode> <name>". */
static void restore(const char *image, ino_t inode, int to_dir)
{
	char path[4096];
	char line[4096];
	FILE *names;

	path_of(path, image, "names", inode);
	names = fopen(path, "r");
	while (names && fgets(line, sizeof(line), names)) {
		char *name = NULL;
		ino_t child = strtoul(line + 2, &name, 10);
		int dir;

		name++;
		name[strcspn(name, "\n")] = '\0';
		path_of(path, image, "data", child);
		if (line[0] == 'f') {
			copy(to_dir, name, path);
			continue;
		}
		if (mkdirat(to_dir, name, 0700) < 0)
			fail(name);
		dir = openat(to_dir, name, O_RDONLY | O_DIRECTORY);
		restore(image, child, dir);
		close(dir);
	}
	if (names)
		fclose(names);
}

int main(int argc, char *argv[])
{
	struct stat st;
	int to;

	if (argc != 4 || stat(argv[1], &st) < 0 || mkdir(argv[3], 0700) < 0)
		fail("usage: powercut ROOT IMAGE TO");
	to = open(argv[3], O_RDONLY | O_DIRECTORY);
	restore(argv[2], st.st_ino, to);
	return 0;
}

#else

#include <dlfcn.h>
#include <sys/syscall.h>

static struct {
	const char *image;
	const char *boot;
	long at;
	long count;
	bool busy; /* our own calls are not the program's */
} plan;

static void *next(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

/* All that is there when the program begins has lasted. */
static void begin_with(const char *path);
static void remember(int fd);

__attribute__((constructor)) static void begin(void)
{
	const char *at = getenv("POWERCUT_AT");

	plan.image = getenv("POWERCUT_IMAGE");
	plan.boot = getenv("POWERCUT_BOOT");
	plan.at = at ? strtol(at, NULL, 10) : 0;
	if (!plan.image)
		return;
	plan.busy = true;
	begin_with(getenv("HOOKTOOLS_STATE"));
	plan.busy = false;
}

static void step(void)
{
	if (!plan.image || plan.busy)
		return;
	if (++plan.count == plan.at)
		(void)syscall(SYS_exit_group,
			      9); /* as kill -9, and no shell tells of it */
}

static void remember_file(int fd, const struct stat *st)
{
	char path[4096];
	char bytes[65536];
	off_t at = 0;
	ssize_t got;
	int out;

	path_of(path, plan.image, "data", st->st_ino);
	out = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (out < 0)
		fail(path);
	while ((got = pread(fd, bytes, sizeof(bytes), at)) > 0) {
		if (write(out, bytes, (size_t)got) != got)
			fail("write");
		at += got;
	}
	if (got < 0)
		fail("read what is synced");
	close(out);
}

static void remember_names(int fd, const struct stat *st)
{
	int again = openat(fd, ".", O_RDONLY | O_DIRECTORY);
	DIR *dir = again < 0 ? NULL : fdopendir(again);
	char path[4096];
	char whole[4096 + 4];
	struct dirent *item;
	FILE *out;

	path_of(path, plan.image, "names", st->st_ino);
	snprintf(whole, sizeof(whole), "%s.new", path);
	out = fopen(whole, "w");
	if (!dir || !out)
		fail(path);
	while ((item = readdir(dir))) {
		if (strcmp(item->d_name, ".") != 0 && strcmp(item->d_name, "..") != 0)
			fprintf(out, "%c %ju %s\n", item->d_type == DT_DIR ? 'd' : 'f',
				(uintmax_t)item->d_ino, item->d_name);
	}
	closedir(dir);
	fclose(out);
	(void)rename(whole, path);
}

static void remember(int fd)
{
	struct stat st;

	if (!plan.image || plan.busy || fstat(fd, &st) < 0)
		return;
	plan.busy = true;
	if (S_ISDIR(st.st_mode))
		remember_names(fd, &st);
	else if (S_ISREG(st.st_mode))
		remember_file(fd, &st);
	plan.busy = false;
}

static void begin_with(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *item;
	struct stat st;

	if (!dir || fstat(fd, &st) < 0)
		fail(path);
	remember_names(fd, &st);
	while ((item = readdir(dir))) {
		char below[4096];
		int file;

		if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0)
			continue;
		snprintf(below, sizeof(below), "%s/%s", path, item->d_name);
		if (item->d_type == DT_DIR) {
			begin_with(below);
			continue;
		}
		file = open(below, O_RDONLY);
		if (file < 0 || fstat(file, &st) < 0)
			fail(below);
		remember_file(file, &st);
		close(file);
	}
	closedir(dir);
}

/* A new file has nothing that lasts, though its inode may have had. */
static int made(int fd)
{
	struct stat st;
	char path[4096];

	if (!plan.image || plan.busy || fd < 0 || fstat(fd, &st) < 0 || st.st_size > 0)
		return fd;
	path_of(path, plan.image, "data", st.st_ino);
	plan.busy = true;
	(void)unlink(path);
	plan.busy = false;
	return fd;
}

/* clang-format off */
#define WRAP(type, name, parameters, arguments)                                          \
	type name parameters                                                             \
	{                                                                                \
		type(*real) parameters = next(#name);                                    \
		step();                                                                  \
		return real arguments;                                                   \
	}
#define SYNC(name)                                                                       \
	int name(int fd)                                                                 \
	{                                                                                \
		step();                                                                  \
		remember(fd);                                                            \
		return 0;                                                                \
	}
#define OPEN(name, with, passed)                                                         \
	int name(with const char *path, int flags, ...)                                  \
	{                                                                                \
		int (*real)(with const char *, int, ...) = next(#name);                  \
		mode_t mode = 0;                                                         \
		va_list list;                                                            \
		if (plan.boot && strcmp(path, "/proc/sys/kernel/random/boot_id") == 0)   \
			path = plan.boot;                                                \
		if (!(flags & O_CREAT))                                                  \
			return real(passed path, flags);                                 \
		va_start(list, flags);                                                   \
		mode = va_arg(list, mode_t);                                             \
		va_end(list);                                                            \
		step();                                                                  \
		return made(real(passed path, flags, mode));                             \
	}
#define NOTHING
#define COMMA ,
OPEN(open, NOTHING, NOTHING)
OPEN(open64, NOTHING, NOTHING)
OPEN(openat, int dir COMMA, dir COMMA)
OPEN(openat64, int dir COMMA, dir COMMA)
WRAP(ssize_t, pwrite, (int fd, const void *bytes, size_t len, off_t at), (fd, bytes, len, at))
WRAP(ssize_t, pwrite64, (int fd, const void *bytes, size_t len, off_t at), (fd, bytes, len, at))
WRAP(int, ftruncate, (int fd, off_t len), (fd, len))
WRAP(int, rename, (const char *from, const char *to), (from, to))
WRAP(int, renameat, (int a, const char *from, int b, const char *to), (a, from, b, to))
WRAP(int, unlink, (const char *path), (path))
WRAP(int, unlinkat, (int dir, const char *path, int flags), (dir, path, flags))
WRAP(int, linkat, (int a, const char *from, int b, const char *to, int flags), (a, from, b, to, flags))
SYNC(fsync)
SYNC(fdatasync)
/* clang-format on */

/* What is synced otherwise than by fsync(2) would not be remembered. */
long syscall(long number, ...)
{
	long (*real)(long, ...) = next("syscall");
	long list[6];
	va_list args;
	size_t i;

	va_start(args, number);
	for (i = 0; i < 6; i++)
		list[i] = va_arg(args, long);
	va_end(args);
	if (number == SYS_io_setup) {
		errno = ENOSYS;
		return -1;
	}
	return real(number, list[0], list[1], list[2], list[3], list[4], list[5]);
}

ssize_t write(int fd, const void *bytes, size_t len)
{
	ssize_t (*real)(int, const void *, size_t) = next("write");

	if (fd != STDERR_FILENO)
		step();
	return real(fd, bytes, len);
}

#endif
