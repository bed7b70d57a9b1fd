#include "bin/runjob-shim/oom.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bin/runjob-shim/names.h"
#include "lib/cleanup.h"
#include "lib/str.h"

enum { RECORD_LIMIT = 8192 };

/* "Memory cgroup out of memory: Killed process 94 (dd) total-vm:..." */
static void add_killed(char *text, size_t size, const char *record)
{
	const char *number = strstr(record, "Killed process ");
	const char *name;
	const char *end;
	char again[16];

	if (!number)
		return;
	number += strlen("Killed process ");
	name = strchr(number, '(');
	end = name ? strstr(name, ") ") : NULL;
	if (!end)
		return;
	/* The first one is killed once more with its group. */
	snprintf(again, sizeof(again), " (%u)", (unsigned)str_leading_u64(number));
	if (!strstr(text, again))
		names_add(text, size,
			  (struct str_view){ name + 1, (size_t)(end - name - 1) },
			  (pid_t)str_leading_u64(number));
}

/* A line that names a group, and not a process, says whose the next killed ones are. */
static void take_record(char *text, size_t size, bool *ours, const char *record,
			const char *path)
{
	if (strstr(record, "oom-kill:") || strstr(record, "Tasks in "))
		*ours = strstr(record, path) != NULL;
	else if (*ours)
		add_killed(text, size, record);
}

void oom_killed(char *text, size_t size, const char *path)
{
	auto_close int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char record[RECORD_LIMIT];
	bool ours = false;
	ssize_t got = 0;

	text[0] = '\0';
	if (fd < 0)
		return;
	/* A record at a time, the oldest first; EPIPE: it was overwritten meanwhile. */
	while ((got = read(fd, record, sizeof(record) - 1)) > 0 || errno == EPIPE) {
		if (got <= 0)
			continue;
		record[got] = '\0';
		take_record(text, size, &ours, record, path);
	}
}
