#include "lib/process_input.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"

int process_input(int *fd, struct str_view input, struct error *err)
{
	auto_close int made = memfd_create("input", MFD_CLOEXEC);
	size_t done = 0;

	if (made < 0)
		return error_errno(err, "make room for its stdin");
	/* The place from which it is read stays where it is. */
	while (done < input.len) {
		ssize_t put =
			pwrite(made, input.data + done, input.len - done, (off_t)done);

		if (put < 0 && errno != EINTR)
			return error_errno(err, "make room for its stdin");
		done += put > 0 ? (size_t)put : 0;
	}
	*fd = steal_fd(&made);
	return 0;
}
