#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/process.h"

/* What was written is a file in memory, which waits for nobody to read it. */
static int put_on_stdin(struct str_view input, struct error *err)
{
	auto_close int fd = memfd_create("input", MFD_CLOEXEC);

	if (fd < 0)
		return error_errno(err, "make room for standard input");
	for (size_t done = 0; done < input.len;) {
		ssize_t put =
			pwrite(fd, input.data + done, input.len - done, (off_t)done);

		if (put < 0)
			return error_errno(err, "make room for standard input");
		done += (size_t)put;
	}
	return dup2(fd, STDIN_FILENO) < 0 ? error_errno(err, "pass on standard input")
					  : 0;
}

int process_become(const char *const *argv, struct str_view input, struct error *err)
{
	if (put_on_stdin(input, err) < 0)
		return -1;
	(void)execvp(argv[0], (char *const *)(void *)argv);
	(void)error_errno(err, "execute '%s'", argv[0]);
	err->kind = ERROR_CONFIG;
	return -1;
}
