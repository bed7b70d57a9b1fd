#include "bin/runjob-shim/tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/str.h"

enum { ENVIRONMENT_LIMIT = 16 * 1024 * 1024, ROUNDS_MAX = 1000 };

struct relation {
	pid_t pid;
	pid_t parent;
	bool ours;
};

/* The fourth field of /proc/PID/stat; the second is a name that may hold anything, also ')'. */
static pid_t parent_of(int proc_fd, const char *name)
{
	auto_free char *path = str_format("%s/stat", name);
	auto_close int fd = openat(proc_fd, path, O_RDONLY | O_CLOEXEC);
	char text[512];
	const char *behind;
	ssize_t got;

	if (fd < 0)
		return 0;
	got = read(fd, text, sizeof(text) - 1);
	if (got <= 0)
		return 0;
	text[got] = '\0';
	behind = strrchr(text, ')');
	if (!behind || strlen(behind) < 5)
		return 0;
	/* A zombie has ended already. */
	return behind[2] == 'Z' ? 0 : (pid_t)str_leading_u64(behind + 4);
}

static struct relation *all_processes(struct buf *room)
{
	auto_closedir DIR *dir = opendir("/proc");
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		struct relation relation = { 0, 0, false };

		relation.pid = (pid_t)str_leading_u64(entry->d_name);
		if (relation.pid > 0)
			relation.parent = parent_of(dirfd(dir), entry->d_name);
		if (relation.parent > 0)
			buf_add(room, &relation, sizeof(relation));
	}
	return (struct relation *)(void *)room->data;
}

static bool is_ours(const struct relation *all, size_t count, pid_t pid)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (all[i].pid == pid)
			return all[i].ours;
	}
	return pid == getpid();
}

/* Generation after generation, until a pass finds nobody new. */
static size_t mark(struct relation *all, size_t count)
{
	size_t found = 0;
	size_t before;
	size_t i;

	do {
		before = found;
		for (i = 0; i < count; i++) {
			if (all[i].ours || (all[i].parent != getpid() &&
					    !is_ours(all, count, all[i].parent)))
				continue;
			all[i].ours = true;
			found++;
		}
	} while (found > before);
	return found;
}

size_t tree_each(tree_visit *visit, void *context)
{
	auto_buf struct buf room = BUF_EMPTY;
	struct relation *all = all_processes(&room);
	size_t count = room.len / sizeof(*all);
	size_t found = mark(all, count);
	size_t i;

	for (i = 0; i < count; i++) {
		if (all[i].ours)
			visit(all[i].pid, context);
	}
	return found;
}

static void send_to(pid_t pid, void *signal)
{
	(void)kill(pid, *(const int *)signal);
}

size_t tree_signal(int signal)
{
	return tree_each(send_to, &signal);
}

static bool is_marked(int proc_fd, const char *name, const char *mark)
{
	auto_free char *path = str_format("%s/environ", name);
	auto_buf struct buf text = BUF_EMPTY;
	struct error ignored = { 0 };
	const char *p;
	const char *end;

	/* Another user's cannot be read, and is none of our job's. */
	if (file_read(&text, proc_fd, path, ENVIRONMENT_LIMIT, &ignored) < 0)
		return false;
	end = buf_str(&text) + text.len;
	for (p = buf_str(&text); p < end; p += strlen(p) + 1) {
		if (strcmp(p, mark) == 0)
			return true;
	}
	return false;
}

static size_t kill_once(const char *mark)
{
	auto_closedir DIR *dir = opendir("/proc");
	struct dirent *entry;
	size_t found = 0;

	while (dir && (entry = readdir(dir))) {
		pid_t pid = (pid_t)str_leading_u64(entry->d_name);

		if (pid > 0 && pid != getpid() &&
		    is_marked(dirfd(dir), entry->d_name, mark)) {
			(void)kill(pid, SIGKILL);
			found++;
		}
	}
	return found;
}

void tree_kill_marked(const char *name, const char *value)
{
	auto_free char *mark = str_format("%s=%s", name, value);
	int rounds;

	/* Again, for those that were forked meanwhile; the dead have no environment. */
	for (rounds = 0; rounds < ROUNDS_MAX && kill_once(mark) > 0; rounds++)
		(void)sched_yield();
}
