#include "bin/hookroute/names.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void add(struct names *names, size_t *room, const char *name)
{
	if (names->count == *room) {
		*room = *room ? *room * 2 : 64;
		names->list = realloc(names->list, *room * sizeof(*names->list));
		if (!names->list)
			abort();
	}
	memcpy(names->list[names->count++], name, UUID_LEN);
}

int names_read(struct names *names, int dir, struct error *err)
{
	auto_closedir DIR *stream = NULL;
	auto_close int fd = -1;
	struct dirent *item;
	size_t room = 0;

	names_free(names);
	if (file_open_dir(&fd, dir, ".", err) < 0)
		return -1;
	stream = fdopendir(fd);
	if (!stream)
		return error_errno(err, "read a spool folder");
	(void)steal_fd(&fd);
	errno = 0;
	while ((item = readdir(stream))) {
		if (uuid_is_valid(item->d_name))
			add(names, &room, item->d_name);
	}
	if (errno)
		return error_errno(err, "read a spool folder");
	if (names->count)
		qsort(names->list, names->count, UUID_LEN, by_text);
	return 0;
}

void names_begin_at(struct names *names, const char *id)
{
	char first[UUID_LEN];
	size_t i = names->count;

	while (i > 0 && strcmp(names->list[i - 1], id) > 0)
		i--;
	if (i == 0)
		return;
	memcpy(first, names->list[i - 1], UUID_LEN);
	memmove(names->list + 1, names->list, (i - 1) * sizeof(*names->list));
	memcpy(names->list[0], first, UUID_LEN);
}

void names_free(struct names *names)
{
	free(names->list);
	*names = (struct names)NAMES_EMPTY;
}
