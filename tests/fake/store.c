#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/path.h"
#include "tests/fake/fake.h"

#define FILE_LIMIT ((size_t)64 << 20)

void store_read(struct buf *text, const struct fake *fake, const char *name)
{
	auto_free char *path = path_join(fake->dir, name);
	struct error err = { 0 };
	bool found = false;

	(void)file_read_if(text, &found, AT_FDCWD, path, FILE_LIMIT, &err);
	while (text->len > 0 && text->data[text->len - 1] == '\n')
		buf_cut(text, text->len - 1);
}

int64_t store_number(const struct fake *fake, const char *name, int64_t fallback)
{
	auto_buf struct buf text = BUF_EMPTY;

	store_read(&text, fake, name);
	return text.len > 0 ? strtoll(buf_str(&text), NULL, 10) : fallback;
}

void store_write(const struct fake *fake, const char *name, const struct buf *text)
{
	auto_free char *path = path_join(fake->dir, name);
	auto_free char *folder = str_dup(path);
	struct error err = { 0 };

	*strrchr(folder, '/') = '\0';
	if (file_make_dirs(folder, 0700, &err) < 0 ||
	    file_replace(AT_FDCWD, path, text->data, text->len, 0600, &err) < 0)
		abort(); /* a test cannot go on */
}

uint64_t store_count(const struct fake *fake, const char *folder)
{
	auto_free char *path = path_join(fake->dir, folder);
	auto_closedir DIR *dir = opendir(path);
	const struct dirent *entry = NULL;
	uint64_t count = 0;

	while (dir && (entry = readdir(dir)))
		count += entry->d_name[0] != '.';
	return count;
}

void store_drop(const struct fake *fake, const char *name)
{
	auto_free char *path = path_join(fake->dir, name);

	if (unlink(path) < 0)
		abort(); /* a test cannot go on */
}

bool store_has(const struct fake *fake, const char *name)
{
	auto_free char *path = path_join(fake->dir, name);

	return access(path, F_OK) == 0;
}
