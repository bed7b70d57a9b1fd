#include "lib/sealed.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "tests/lib/check.h"

/* sha256 of "abc". */
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static void put(const char *name, const char *text)
{
	struct error err = { 0 };

	CHECK(chdir(getenv("BATS_TEST_TMPDIR")) == 0);
	CHECK(file_replace(AT_FDCWD, name, text, strlen(text), 0600, &err) == 0);
}

static void bytes_and_digest_are_the_files(void)
{
	auto_sealed struct sealed sealed = SEALED_NONE;
	struct error err = { 0 };
	char bytes[8] = "";

	put("file", "abc");
	CHECK(sealed_open(&sealed, "file", &err) == 0);
	CHECK_STR(sealed.digest, ABC);
	CHECK(sealed.len == 3 && pread(sealed.fd, bytes, 8, 0) == 3);
	CHECK_STR(bytes, "abc");
}

static void nothing_is_a_file_too(void)
{
	auto_sealed struct sealed sealed = SEALED_NONE;
	struct error err = { 0 };

	put("file", "");
	CHECK(sealed_open(&sealed, "file", &err) == 0);
	CHECK(sealed.len == 0);
}

static void nobody_can_change_them(void)
{
	auto_sealed struct sealed sealed = SEALED_NONE;
	struct error err = { 0 };
	char bytes[8] = "";

	put("file", "abc");
	CHECK(sealed_open(&sealed, "file", &err) == 0);
	put("file", "xyz");
	CHECK(pwrite(sealed.fd, "x", 1, 0) < 0 && ftruncate(sealed.fd, 1) < 0);
	CHECK(mmap(NULL, 3, PROT_WRITE, MAP_SHARED, sealed.fd, 0) == MAP_FAILED);
	CHECK(fcntl(sealed.fd, F_ADD_SEALS, F_SEAL_WRITE) < 0);
	CHECK(pread(sealed.fd, bytes, 8, 0) == 3);
	CHECK_STR(bytes, "abc");
	CHECK(fcntl(sealed.fd, F_GETFD) == FD_CLOEXEC);
}

static void only_regular_files(void)
{
	auto_sealed struct sealed sealed = SEALED_NONE;
	struct error err = { 0 };

	put("file", "abc");
	CHECK(symlink("file", "link") == 0 && mkfifo("fifo", 0600) == 0);
	CHECK(sealed_open(&sealed, "none", &err) < 0 && err.kind == ERROR_ABSENT);
	CHECK(sealed_open(&sealed, "file/x", &err) < 0 && err.kind == ERROR_ABSENT);
	CHECK(sealed_open(&sealed, "link", &err) < 0 && err.kind == ERROR_DATA);
	CHECK(sealed_open(&sealed, "fifo", &err) < 0 && err.kind == ERROR_DATA);
	CHECK(sealed_open(&sealed, ".", &err) < 0 && err.kind == ERROR_DATA);
	CHECK(sealed.fd < 0);
}

static void there_is_a_limit(void)
{
	auto_sealed struct sealed sealed = SEALED_NONE;
	auto_close int fd = -1;
	struct error err = { 0 };

	put("file", "");
	CHECK(truncate("file", (off_t)SEALED_LIMIT + 1) == 0);
	CHECK(sealed_open(&sealed, "file", &err) < 0 && err.kind == ERROR_DATA);
	fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	CHECK(sealed_take(&sealed, fd, "zeros", &err) < 0 && err.kind == ERROR_DATA);
}

static const struct check_case cases[] = {
	{ "bytes_and_digest_are_the_files", bytes_and_digest_are_the_files },
	{ "nothing_is_a_file_too", nothing_is_a_file_too },
	{ "nobody_can_change_them", nobody_can_change_them },
	{ "only_regular_files", only_regular_files },
	{ "there_is_a_limit", there_is_a_limit },
};

CHECK_MAIN(cases)
