#include "bin/tokenmint/io.h"

#include <fcntl.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/str.h"

int io_read_secret(struct buf *bytes, const char *file, size_t limit, struct error *err)
{
	if (file && !str_equal(file, "-"))
		return file_read(bytes, AT_FDCWD, file, limit, err);
	if (file_read_fd(bytes, STDIN_FILENO, limit, err) < 0)
		return error_wrap(err, "standard input");
	return 0;
}

int io_write(const struct buf *text, struct error *err)
{
	return file_write(STDOUT_FILENO, buf_str(text), text->len, "standard output",
			  err);
}

int io_write_secret(const struct buf *bytes, struct error *err)
{
	if (io_write(bytes, err) < 0)
		return -1;
	if (isatty(STDOUT_FILENO))
		return file_write(STDOUT_FILENO, "\n", 1, "standard output", err);
	return 0;
}
