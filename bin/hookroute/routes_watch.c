#include "bin/hookroute/routes_watch.h"

#include <dirent.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/str.h"

enum {
	LOOK_MS = 3000,	   /* for what inotify does not see */
	SETTLE_MS = 150,   /* of rest after a change */
	SETTLED_MS = 3000, /* and without it */
};

#define CHANGES                                                                          \
	(IN_CLOSE_WRITE | IN_MODIFY | IN_ATTRIB | IN_CREATE | IN_DELETE |                \
	 IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF)

#define PRIME 0x100000001b3U

/* FNV-1a. */
static uint64_t digest(uint64_t sum, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	size_t i;

	for (i = 0; i < len; i++)
		sum = (sum ^ p[i]) * PRIME;
	return sum;
}

static uint64_t digest_stat(const struct stat *st)
{
	const uint64_t facts[] = {
		(uint64_t)st->st_dev,	       (uint64_t)st->st_ino,
		(uint64_t)st->st_size,	       (uint64_t)st->st_mtim.tv_sec,
		(uint64_t)st->st_mtim.tv_nsec, (uint64_t)st->st_ctim.tv_sec,
		(uint64_t)st->st_ctim.tv_nsec,
	};
	uint64_t sum = 0xcbf29ce484222325U;
	size_t i;

	for (i = 0; i < sizeof(facts) / sizeof(*facts); i++)
		sum = (sum ^ facts[i]) * PRIME;
	return sum;
}

/* In whatever order the folder gives them. */
static uint64_t digest_dir(const char *path, const char *suffix)
{
	auto_closedir DIR *dir = opendir(path);
	struct dirent *item;
	struct stat st = { 0 };
	uint64_t sum = 0;

	if (!dir || fstat(dirfd(dir), &st) < 0)
		return 1;
	sum = (uint64_t)st.st_ino;
	while ((item = readdir(dir))) {
		if (!str_ends(item->d_name, suffix) || item->d_name[0] == '.')
			continue;
		if (fstatat(dirfd(dir), item->d_name, &st, 0) < 0)
			st = (struct stat){ 0 };
		sum += digest(digest_stat(&st), item->d_name, strlen(item->d_name));
	}
	return sum;
}

enum { FOLDERS = 3 };

struct folders {
	char *paths[FOLDERS];
	const char *suffix;
	size_t count;
};

static struct folders folders_of(const struct routes_watch *watch)
{
	const struct layout *layout = watch->layout;

	if (watch->what == WATCH_CONSUMERS)
		return (struct folders){
			.paths = { path_join(layout->conf, "consumers.d"),
				   path_join(layout->share, "consumers.d") },
			.suffix = ".json",
			.count = 2
		};
	return (struct folders){ .paths = { path_join(layout->conf, "routes.d"),
					    path_join(layout->conf, "jq"),
					    path_join(layout->share, "jq") },
				 .suffix = ".jq",
				 .count = 3 };
}

static void folders_free(struct folders *folders)
{
	size_t i;

	for (i = 0; i < folders->count; i++)
		cleanup_free(&folders->paths[i]);
}

/* A watch is of an inode: they are set anew at each look. */
static uint64_t look(struct routes_watch *watch)
{
	struct folders folders = folders_of(watch);
	uint64_t sum = 0;
	size_t i;

	cleanup_close(&watch->inotify);
	watch->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (watch->inotify >= 0)
		(void)inotify_add_watch(watch->inotify, watch->layout->conf,
					IN_CREATE | IN_DELETE | IN_MOVED_FROM |
						IN_MOVED_TO);
	for (i = 0; i < folders.count; i++) {
		uint64_t one;

		if (watch->inotify >= 0)
			(void)inotify_add_watch(watch->inotify, folders.paths[i],
						CHANGES);
		one = digest_dir(folders.paths[i], folders.suffix);
		sum = digest(sum, &one, sizeof(one));
	}
	folders_free(&folders);
	return sum;
}

void routes_watch_open(struct routes_watch *watch, enum routes_watch_what what,
		       const struct layout *layout, int64_t now_ms)
{
	if (watch->layout)
		routes_watch_close(watch);
	*watch = (struct routes_watch){ .layout = layout, .what = what, .inotify = -1 };
	watch->loaded = look(watch);
	watch->seen = watch->loaded;
	watch->look_ms = now_ms + LOOK_MS;
}

void routes_watch_close(struct routes_watch *watch)
{
	cleanup_close(&watch->inotify);
	watch->inotify = -1;
}

bool routes_watch_look(struct routes_watch *watch, const struct pollfd *fd,
		       int64_t now_ms)
{
	bool is_same;
	uint64_t sum;

	if (fd->revents && !watch->until_ms) {
		routes_watch_close(watch);
		watch->until_ms = now_ms + SETTLED_MS;
		watch->look_ms = now_ms + SETTLE_MS;
	}
	if (now_ms < watch->look_ms && watch->look_ms <= now_ms + LOOK_MS)
		return false;
	sum = look(watch);
	is_same = sum == watch->seen;
	watch->seen = sum;
	if (!is_same && !watch->until_ms)
		watch->until_ms = now_ms + SETTLED_MS;
	if (!is_same && now_ms < watch->until_ms) {
		watch->look_ms = now_ms + SETTLE_MS;
		return false;
	}
	watch->until_ms = 0;
	watch->look_ms = now_ms + LOOK_MS;
	return sum != watch->loaded;
}
