#include "lib/cgroup_file.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/str.h"

enum { FILE_LIMIT = 1024 * 1024 };

int cgroup_put(int dir_fd, const char *name, const char *value)
{
	auto_close int fd = openat(dir_fd, name, O_WRONLY | O_CLOEXEC);
	size_t len = strlen(value);

	if (fd < 0)
		return -1;
	return write(fd, value, len) == (ssize_t)len ? 0 : -1;
}

int cgroup_put_u64(int dir_fd, const char *name, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	return cgroup_put(dir_fd, name, text);
}

void cgroup_take(struct buf *text, int dir_fd, const char *name)
{
	struct error ignored = { 0 };
	bool found = false;

	(void)file_read_if(text, &found, dir_fd, name, FILE_LIMIT, &ignored);
}

uint64_t cgroup_number_in(const struct buf *text, const char *key)
{
	size_t len = strlen(key);
	const char *rest;

	if (!len)
		return str_leading_u64(buf_str(text));
	for (rest = buf_str(text); rest && *rest;) {
		if (strncmp(rest, key, len) == 0 && rest[len] == ' ')
			return str_leading_u64(rest + len + 1);
		(void)str_split(&rest, '\n');
	}
	return 0;
}

uint64_t cgroup_number(int dir_fd, const char *name, const char *key)
{
	auto_buf struct buf text = BUF_EMPTY;

	cgroup_take(&text, dir_fd, name);
	return cgroup_number_in(&text, key);
}

uint64_t cgroup_sum_in(const struct buf *text, const char *key)
{
	size_t len = strlen(key);
	const char *p;
	uint64_t sum = 0;

	for (p = buf_str(text); (p = strstr(p, key)); p += len)
		sum += str_leading_u64(p + len);
	return sum;
}

/* "some avg10=0.00 avg60=0.00 avg300=0.00 total=0", and the same for "full". */
uint64_t cgroup_pressure(int dir_fd, const char *name)
{
	auto_buf struct buf text = BUF_EMPTY;
	const char *total;

	cgroup_take(&text, dir_fd, name);
	total = strstr(buf_str(&text), " total=");
	return total ? str_leading_u64(total + strlen(" total=")) : 0;
}
