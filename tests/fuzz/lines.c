#include "lib/lines.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/error.h"
#include "tests/fuzz/fuzz.h"

/* Lines come without their breaks, none longer than the limit, and reading ends. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_close int fd = memfd_create("lines", MFD_CLOEXEC);
	auto_lines struct lines lines = LINES(fd, 16);
	struct str_view line = { NULL, 0 };
	struct error err = { 0 };
	bool found = true;

	FUZZ_PROMISE(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
	FUZZ_PROMISE(lseek(fd, 0, SEEK_SET) == 0);
	for (size_t calls = 0; found; calls++) {
		FUZZ_PROMISE(calls <= size + 1);
		if (lines_next(&line, &found, &lines, &err) < 0)
			found = err.kind == ERROR_DATA;
		else if (found)
			FUZZ_PROMISE(line.len <= 16 &&
				     !memchr(line.data, '\n', line.len));
	}
	return 0;
}
