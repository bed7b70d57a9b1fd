#include "bin/runjob-object/keys.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

int keys_read(struct keys *keys, int scope_fd, struct error *err)
{
	int again = scope_fd < 0
			    ? -1
			    : openat(scope_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_closedir DIR *dir = again < 0 ? NULL : fdopendir(again);
	auto_buf struct buf names = BUF_EMPTY;
	const struct dirent *entry;

	if (scope_fd < 0)
		return 0;
	if (!dir)
		return error_errno(err, "list keys");
	while ((entry = readdir(dir))) {
		char key[KEY_LEN] = "";

		if (key_of_name(key, entry->d_name))
			buf_add(&names, key, sizeof(key));
	}
	keys->count = names.len / KEY_LEN;
	keys->items = (char(*)[KEY_LEN])buf_take(&names);
	qsort(keys->items, keys->count, KEY_LEN, by_name);
	return 0;
}

void keys_free(struct keys *keys)
{
	free(keys->items);
	*keys = (struct keys)KEYS_EMPTY;
}
