#include "bin/hookroute/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bin/hookroute/walk.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"

static int open_today(int *fd, const struct spool *spool, struct error *err)
{
	int done = spool->dir[SPOOL_DONE];
	char date[DATE_LEN];

	date_format(date, date_now_ms());
	date[strlen("2026-11-20")] = '\0';
	if (mkdirat(done, date, 0700) < 0 && errno != EEXIST)
		return error_errno(err, "make folder 'done/%s'", date);
	return file_open_dir(fd, done, date, err);
}

int archive_put(const struct spool *spool, const struct walk_event *event,
		struct error *err)
{
	struct uuid_source ids = { 0 };
	auto_buf struct buf text = BUF_EMPTY;
	auto_close int dir = -1;
	char name[UUID_LEN];

	uuid_next(name, &ids, date_now_ms());
	buf_add(&text, event->line.data, event->line.len);
	buf_add_char(&text, '\n');
	if (open_today(&dir, spool, err) < 0 ||
	    file_replace(dir, name, text.data, text.len, 0600, err) < 0)
		return -1;
	if (renameat2(dir, name, dir, event->id, RENAME_NOREPLACE) < 0 && errno != EEXIST)
		return error_errno(err, "keep event '%s' in 'done'", event->id);
	return file_sync_dir(dir, "done", err);
}
