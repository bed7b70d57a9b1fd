#include "bin/hookrecv/seen_scan.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bin/hookrecv/seen.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_scan.h"
#include "lib/path.h"
#include "lib/spool.h"
#include "lib/str.h"

struct scan {
	void (*each)(void *context, const struct seen_entry *entry);
	void *context;
};

static const enum spool_state places[] = { SPOOL_NEW,  SPOOL_CUR,  SPOOL_DEFER,
					   SPOOL_HOLD, SPOOL_DONE, SPOOL_DEAD };

enum { PLACES = sizeof(places) / sizeof(places[0]) };

/* A string member without its quotes; false for null and for text with escapes, which
 * no id of a hook or event has. */
static bool string_member(char **text, struct str_view line, const char *name)
{
	struct str_view value = { NULL, 0 };

	if (!json_scan_member(&value, line, name) || value.len < 2 ||
	    *value.data != '"' || memchr(value.data, '\\', value.len))
		return false;
	*text = str_format("%.*s", (int)value.len - 2, value.data + 1);
	return true;
}

static void take_line(const struct scan *scan, const char *file, struct str_view line)
{
	struct seen_entry entry = { NULL, NULL, "", "" };
	auto_free char *hook = NULL;
	auto_free char *delivery = NULL;
	auto_free char *id = NULL;

	if (!string_member(&hook, line, "hook") ||
	    !string_member(&delivery, line, "delivery") ||
	    !string_member(&id, line, "id") || !uuid_is_valid(id))
		return;
	entry.hook = hook;
	entry.delivery = delivery;
	snprintf(entry.id, sizeof(entry.id), "%.36s", id);
	snprintf(entry.file, sizeof(entry.file), "%.36s", file);
	scan->each(scan->context, &entry);
}

/* A file of the spool line by line; it may be moved away by a router meanwhile. */
static void take_file(const struct scan *scan, int dir, const char *name)
{
	auto_fclose FILE *file = NULL;
	auto_free char *line = NULL;
	size_t room = 0;
	ssize_t len;
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return;
	file = fdopen(fd, "r");
	if (!file) {
		close(fd);
		return;
	}
	while ((len = getline(&line, &room, file)) > 0)
		take_line(scan, name, (struct str_view){ line, (size_t)len });
}

static int take_dir(const struct scan *scan, int parent, const char *name, bool nested,
		    struct error *err)
{
	auto_close int fd = -1;
	auto_closedir DIR *dir = NULL;
	struct dirent *item;

	if (file_open_dir(&fd, parent, name, err) < 0)
		return -1;
	dir = fdopendir(fcntl(fd, F_DUPFD_CLOEXEC, 3));
	if (!dir)
		return error_errno(err, "read folder '%s'", name);
	while ((item = readdir(dir))) {
		if (uuid_is_valid(item->d_name))
			take_file(scan, fd, item->d_name);
		else if (nested && path_is_safe_name(item->d_name) &&
			 item->d_type == DT_DIR &&
			 take_dir(scan, fd, item->d_name, false, err) < 0)
			return -1;
	}
	return 0;
}

int seen_scan(const struct spool *spool,
	      void (*each)(void *context, const struct seen_entry *entry), void *context,
	      struct error *err)
{
	const struct scan scan = { each, context };
	size_t i;

	for (i = 0; i < PLACES; i++) {
		if (take_dir(&scan, spool->dir[places[i]], ".", places[i] == SPOOL_DONE,
			     err) < 0)
			return -1;
	}
	return 0;
}

/* done/ has a folder for each day. */
static bool done_has(int done, const char *id)
{
	auto_closedir DIR *dir = NULL;
	struct dirent *item;
	int fd = openat(done, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		cleanup_close(&fd);
		return false;
	}
	while ((item = readdir(dir))) {
		auto_free char *path = path_join(item->d_name, id);

		if (item->d_name[0] != '.' && faccessat(done, path, F_OK, 0) == 0)
			return true;
	}
	return false;
}

bool seen_scan_has(const struct spool *spool, const char *id)
{
	size_t i;

	for (i = 0; i < PLACES; i++) {
		if (faccessat(spool->dir[places[i]], id, F_OK, 0) == 0)
			return true;
	}
	return done_has(spool->dir[SPOOL_DONE], id);
}
