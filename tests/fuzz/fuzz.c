#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <sanitizer/lsan_interface.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_scan.h"

static char *copy(const uint8_t *bytes, size_t size, size_t more)
{
	char *room = calloc(1, size + more ? size + more : 1);

	FUZZ_PROMISE(room);
	if (size)
		memcpy(room, bytes, size);
	return room;
}

char *fuzz_text(const uint8_t *bytes, size_t size)
{
	return copy(bytes, size, 1);
}

char *fuzz_copy(const uint8_t *bytes, size_t size)
{
	return copy(bytes, size, 0);
}

/* The folder goes with tests/fuzz/run's own, which is in $TMPDIR. */
const char *fuzz_file(const char *name, const uint8_t *bytes, size_t size)
{
	static char folder[256];
	static char path[512];
	const char *base = getenv("TMPDIR");
	const char *slash = strrchr(name, '/');
	struct error err = { 0 };
	int fd;

	if (!*folder) {
		(void)snprintf(folder, sizeof(folder), "%s/fuzz.XXXXXX",
			       base ? base : "/tmp");
		FUZZ_PROMISE(mkdtemp(folder));
		(void)snprintf(path, sizeof(path), "%s/%.*s", folder,
			       slash ? (int)(slash - name) : 0, name);
		FUZZ_PROMISE(file_make_dirs(path, 0700, &err) == 0);
		(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	}
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	FUZZ_PROMISE(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
	/* Some file systems write a file out that was cut to nothing first. */
	FUZZ_PROMISE(ftruncate(fd, (off_t)size) == 0);
	close(fd);
	return folder;
}

struct fuzz_head fuzz_head(const void *bytes, size_t size)
{
	struct fuzz_head head = { fuzz_text(bytes, size), size, false };
	char *at = head.text;

	while ((at = memchr(at, '\n', (size_t)(head.text + size - at)))) {
		*at++ = '\0';
		head.has_lines = true;
	}
	return head;
}

const char *fuzz_header(const void *request, const char *name)
{
	const struct fuzz_head *head = request;
	const char *end = head->text + head->size;
	const char *line;
	size_t len = strlen(name);

	for (line = head->text; line < end; line += strlen(line) + 1) {
		if (strncasecmp(line, name, len) == 0 &&
		    strncmp(line + len, ": ", 2) == 0)
			return line + len + 2;
	}
	return NULL;
}

bool fuzz_forgive(const uint8_t *bytes, size_t size)
{
	auto_free char *text = fuzz_copy(bytes, size);
	struct json_scan scan;

	json_scan_start(&scan);
	if (json_scan_feed(&scan, text, size) && json_scan_finish(&scan))
		return false;
	__lsan_disable();
	return true;
}

void fuzz_forgive_end(const bool *forgiven)
{
	if (*forgiven)
		__lsan_enable();
}
