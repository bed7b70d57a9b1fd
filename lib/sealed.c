#include "lib/sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/hex.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif

enum { STEP = 65536 };

/* Linux before 6.3 does not know the flag, and lets all of them be executed. */
static int make_memory(void)
{
	int fd = memfd_create("hooktools", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);

	if (fd < 0 && errno == EINVAL)
		fd = memfd_create("hooktools", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	return fd;
}

static int copy(struct sealed *sealed, int fd, const char *what, struct error *err)
{
	char bytes[STEP];

	for (;;) {
		ssize_t got = read(fd, bytes, sizeof(bytes));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(err, "read '%s'", what);
		if (got == 0)
			return 0;
		sealed->len += (size_t)got;
		if (sealed->len > SEALED_LIMIT)
			return error_set(err, ERROR_DATA, "'%s' has more than %zu bytes",
					 what, SEALED_LIMIT);
		if (file_write(sealed->fd, bytes, (size_t)got, "memory", err) < 0)
			return -1;
	}
}

static int digest(struct sealed *sealed, const char *what, struct error *err)
{
	uint8_t sum[CRYPTO_SHA256_LEN];
	void *bytes = NULL;

	if (sealed->len) {
		bytes = mmap(NULL, sealed->len, PROT_READ, MAP_PRIVATE, sealed->fd, 0);
		if (bytes == MAP_FAILED)
			return error_errno(err, "map the bytes of '%s'", what);
	}
	crypto_sha256(sum, bytes, sealed->len);
	if (bytes)
		(void)munmap(bytes, sealed->len);
	hex_encode(sealed->digest, sum, sizeof(sum));
	return 0;
}

int sealed_take(struct sealed *sealed, int fd, const char *what, struct error *err)
{
	auto_sealed struct sealed made = SEALED_NONE;
	const int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

	made.fd = make_memory();
	if (made.fd < 0)
		return error_errno(err, "make memory for '%s'", what);
	if (copy(&made, fd, what, err) < 0)
		return -1;
	if (fcntl(made.fd, F_ADD_SEALS, seals) < 0)
		return error_errno(err, "seal the bytes of '%s'", what);
	if (digest(&made, what, err) < 0)
		return -1;
	*sealed = made;
	made = (struct sealed)SEALED_NONE;
	return 0;
}

int sealed_open(struct sealed *sealed, const char *path, struct error *err)
{
	/* A FIFO must not make us wait. */
	auto_close int fd =
		open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	struct stat status;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return error_set(err, ERROR_ABSENT, "there is no '%s'", path);
	if (fd < 0 && errno == ELOOP)
		return error_set(err, ERROR_DATA, "'%s' is a link", path);
	if (fd < 0 || fstat(fd, &status) < 0)
		return error_errno(err, "open '%s'", path);
	if (!S_ISREG(status.st_mode))
		return error_set(err, ERROR_DATA, "'%s' is no regular file", path);
	return sealed_take(sealed, fd, path, err);
}

void sealed_close(struct sealed *sealed)
{
	cleanup_close(&sealed->fd);
	*sealed = (struct sealed)SEALED_NONE;
}
