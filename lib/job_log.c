#include "lib/job_log.h"

#include <sys/types.h>
#include <unistd.h>

#include "lib/error.h"

enum { STEP = 65536 };

int job_log_lines(uint64_t *offset, int fd, uint64_t size, uint64_t lines,
		  struct error *err)
{
	char bytes[STEP];
	uint64_t at = size;

	while (at > 0 && lines > 0) {
		uint64_t step = at < STEP ? at : STEP;
		ssize_t got = pread(fd, bytes, step, (off_t)(at - step));

		if (got != (ssize_t)step)
			return error_errno(err, "read the log");
		for (; step > 0 && lines > 0; step--, at--) {
			/* The line break before a line ends the line before. */
			if (bytes[step - 1] == '\n' && at != size && --lines == 0)
				break;
		}
	}
	*offset = at;
	return 0;
}
