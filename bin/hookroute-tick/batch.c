#include "bin/hookroute-tick/batch.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/registry_schedule.h"
#include "lib/spool.h"
#include "lib/str.h"

/* A router takes a file at a time, and several may share the files. */
enum { FILE_BYTES = 4 << 20, FILE_EVENTS = 4096 };

int batch_close(struct batch *batch, struct error *err)
{
	const struct str_view events = { batch->events.data, batch->events.len };
	char id[UUID_LEN];

	if (!batch->count)
		return 0;
	/* Its own name, and not the first event's: the name tells since when it waits. */
	uuid_next(id, &batch->ids, batch->now_ms);
	if (registry_batch_add(batch->registry, id, events, err) < 0)
		return -1;
	buf_clear(&batch->events);
	batch->count = 0;
	return 0;
}

int batch_add(struct batch *batch, const struct buf *line, struct error *err)
{
	buf_add(&batch->events, line->data, line->len);
	if (++batch->count < FILE_EVENTS && batch->events.len < FILE_BYTES)
		return 0;
	return batch_close(batch, err);
}

void batch_free(struct batch *batch)
{
	buf_free(&batch->events);
	batch->count = 0;
}

static bool has_file(int dir, const char *path)
{
	return faccessat(dir, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* In the folders of the days; done/ itself may have files, too. */
static bool is_done(const struct spool *spool, const char *id)
{
	int fd = openat(spool->dir[SPOOL_DONE], ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_closedir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *item = NULL;
	bool found = has_file(spool->dir[SPOOL_DONE], id);

	while (dir && !found && (item = readdir(dir))) {
		auto_free char *path = path_join(item->d_name, id);

		found = item->d_name[0] != '.' && has_file(spool->dir[SPOOL_DONE], path);
	}
	return found;
}

/* In the order in which a file goes through them, so that it does not slip past. */
static bool is_published(const struct spool *spool, const char *id)
{
	static const enum spool_state states[] = { SPOOL_NEW, SPOOL_CUR, SPOOL_DEFER,
						   SPOOL_HOLD, SPOOL_DEAD };
	size_t i;

	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (has_file(spool->dir[states[i]], id))
			return true;
	}
	return is_done(spool, id);
}

static int publish(const struct spool *spool, const char *id, const struct buf *events,
		   struct error *err)
{
	if (is_published(spool, id))
		return file_sync_dir(spool->dir[SPOOL_NEW], "new", err);
	/* What a tick that was killed has left; there is one at a time. */
	(void)unlinkat(spool->dir[SPOOL_TMP], id, 0);
	return spool_put(spool, id, events->data, events->len, err);
}

int batch_publish(size_t *files, struct registry *registry, const struct layout *layout,
		  struct error *err)
{
	auto_free char *path = path_join(layout->state, "spool");
	auto_spool struct spool spool = SPOOL_NONE;
	auto_buf struct buf events = BUF_EMPTY;
	bool found = true;

	for (*files = 0;; ++*files) {
		char id[UUID_LEN];

		buf_clear(&events);
		if (registry_batch_first(id, &events, &found, registry, err) < 0)
			return -1;
		if (!found)
			return 0;
		if (!*files && spool_open(&spool, path, err) < 0)
			return -1;
		if (publish(&spool, id, &events, err) < 0 ||
		    registry_batch_remove(registry, id, err) < 0)
			return -1;
	}
}
