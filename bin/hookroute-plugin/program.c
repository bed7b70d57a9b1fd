#include "bin/hookroute-plugin/program.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bin/hookroute-plugin/unpack.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/sealed.h"
#include "lib/str.h"

enum { HEAD = 512 };

struct magic {
	size_t offset;
	const char *bytes;
	size_t len;
	enum unpack_kind kind;
};

static const struct magic magics[] = {
	{ 0, "#!", 2, UNPACK_NONE },	 { 0, "\177ELF", 4, UNPACK_NONE },
	{ 0, "PK\3\4", 4, UNPACK_ZIP },	 { 257, "ustar", 5, UNPACK_TAR },
	{ 0, "\37\213", 2, UNPACK_TAR }, { 0, "\3757zXZ", 6, UNPACK_TAR },
	{ 0, "BZh", 3, UNPACK_TAR },	 { 0, "\x28\xb5\x2f\xfd", 4, UNPACK_TAR },
};

static int look(enum unpack_kind *kind, const struct sealed *sealed, const char *what,
		struct error *err)
{
	char head[HEAD] = "";
	ssize_t got = pread(sealed->fd, head, sizeof(head), 0);
	size_t i;

	if (got < 0)
		return error_errno(err, "read '%s'", what);
	for (i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		const struct magic *magic = &magics[i];

		if (magic->offset + magic->len <= (size_t)got &&
		    memcmp(head + magic->offset, magic->bytes, magic->len) == 0) {
			*kind = magic->kind;
			return 0;
		}
	}
	return error_set(
		err, ERROR_DATA,
		"'%s' is no program: it begins neither with #! nor as an ELF, and "
		"is no zip or tar",
		what);
}

int program_check(const struct sealed *program, const char *what, struct error *err)
{
	enum unpack_kind kind = UNPACK_NONE;

	if (look(&kind, program, what, err) < 0)
		return -1;
	if (kind != UNPACK_NONE)
		return error_set(err, ERROR_DATA, "'%s' is no program but an archive",
				 what);
	return 0;
}

static int open_file(int *fd, const char *file, struct error *err)
{
	struct stat status;

	*fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (*fd < 0 || fstat(*fd, &status) < 0)
		return error_errno(err, "open '%s'", file);
	if (S_ISDIR(status.st_mode))
		return error_set(err, ERROR_DATA, "'%s' is a folder", file);
	return 0;
}

int program_take(struct sealed *program, const char *file, struct error *err)
{
	auto_sealed struct sealed taken = SEALED_NONE;
	auto_sealed struct sealed inner = SEALED_NONE;
	enum unpack_kind kind = UNPACK_NONE;
	auto_close int opened = -1;
	bool is_stdin = str_equal(file, "-");

	if (!is_stdin && open_file(&opened, file, err) < 0)
		return -1;
	if (sealed_take(&taken, is_stdin ? STDIN_FILENO : opened, file, err) < 0 ||
	    look(&kind, &taken, file, err) < 0)
		return -1;
	if (kind != UNPACK_NONE) {
		if (unpack(&inner, &taken, kind, err) < 0)
			return error_wrap(err, "'%s'", file);
		if (program_check(&inner, file, err) < 0)
			return -1;
		sealed_close(&taken);
		taken = inner;
		inner = (struct sealed)SEALED_NONE;
	}
	*program = taken;
	taken = (struct sealed)SEALED_NONE;
	return 0;
}
