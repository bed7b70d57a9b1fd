#include "lib/jail_paths.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/jail.h"
#include "lib/job_plan.h"
#include "lib/layout.h"
#include "lib/str.h"

static struct jail_path *find(const struct jail *jail, const char *path)
{
	size_t i;

	for (i = 0; i < jail->count; i++) {
		if (strcmp(jail->paths[i].path, path) == 0)
			return &jail->paths[i];
	}
	return NULL;
}

static void add(struct jail *jail, const char *path, enum jail_kind kind)
{
	struct jail_path added = { str_dup(path), kind, -1 };
	struct buf grown = BUF_EMPTY;

	buf_add(&grown, jail->paths, jail->count * sizeof(*jail->paths));
	buf_add(&grown, &added, sizeof(added));
	free(jail->paths);
	jail->paths = (struct jail_path *)(void *)buf_take(&grown);
	jail->count++;
}

/* One of the system's or ours; what is not there need not be changed. */
static void add_if(struct jail *jail, const char *path, enum jail_kind kind)
{
	auto_free char *real = path ? realpath(path, NULL) : NULL;

	if (real && strcmp(real, "/") != 0 && !find(jail, real))
		add(jail, real, kind);
}

static int add_writable(struct jail *jail, const char *path, struct error *err)
{
	auto_free char *real = realpath(path, NULL);
	const struct jail_path *same;

	if (!real && errno == ENOENT)
		return error_set(err, ERROR_CONFIG, "no '%s' to write in", path);
	if (!real)
		return error_errno(err, "find '%s'", path);
	same = find(jail, real);
	if (same && same->kind == JAIL_HIDDEN)
		return error_set(
			err, ERROR_CONFIG,
			"'%s' is hooktools' own, and no job in a sandbox sees it", path);
	if (!same)
		add(jail, real, JAIL_WRITABLE);
	return 0;
}

static int by_length(const void *left, const void *right)
{
	size_t a = strlen(((const struct jail_path *)left)->path);
	size_t b = strlen(((const struct jail_path *)right)->path);

	return (a > b) - (a < b);
}

int jail_paths_find(struct jail *jail, const struct job_plan *plan,
		    const struct layout *layout, struct error *err)
{
	static const char *const scratch[] = { "/tmp", "/var/tmp", "/dev/shm" };
	auto_free char *key = layout_key_file(layout);
	size_t i;

	add_if(jail, layout->state, JAIL_HIDDEN);
	add_if(jail, layout->conf, JAIL_HIDDEN);
	add_if(jail, layout->run, JAIL_HIDDEN);
	add_if(jail, key, JAIL_HIDDEN);
	add_if(jail, getenv("CREDENTIALS_DIRECTORY"), JAIL_HIDDEN);
	for (i = 0; i < plan->writable.count; i++) {
		if (add_writable(jail, plan->writable.items[i], err) < 0)
			return -1;
	}
	add_if(jail, "/dev", JAIL_DEVICES);
	for (i = 0; i < sizeof(scratch) / sizeof(scratch[0]); i++)
		add_if(jail, scratch[i], JAIL_SCRATCH);
	/* A job that runs in / does not mean to write to the whole system. */
	if (plan->dir && strcmp(plan->dir, "/") != 0 &&
	    add_writable(jail, plan->dir, err) < 0)
		return -1;
	qsort(jail->paths, jail->count, sizeof(*jail->paths), by_length);
	return 0;
}

void jail_paths_free(struct jail *jail)
{
	size_t i;

	for (i = 0; i < jail->count; i++)
		free(jail->paths[i].path);
	free(jail->paths);
	jail->paths = NULL;
	jail->count = 0;
}
