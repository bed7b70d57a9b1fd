#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bin/hookroute/aside.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_write.h"
#include "lib/spool.h"

enum { TAIL = 65536, FILE_LIMIT = 1 << 30 };

/* What an earlier file of that name had been through, if a crash left that behind. */
static void forget_progress(const struct spool *spool, const char *id)
{
	auto_free char *name = str_format("%s.done", id);

	if (aside_due_ms(spool, id) == INT64_MAX)
		(void)unlinkat(spool->dir[SPOOL_DEFER], name, 0);
}

static void write_state(struct buf *text, const struct deliveries *left, int64_t due_ms)
{
	struct json_writer writer = JSON_WRITER(text);
	char due[DATE_LEN];
	size_t i;

	date_format(due, due_ms);
	json_write_object(&writer, NULL);
	json_write_string(&writer, "due_at", due);
	json_write_array(&writer, "left");
	for (i = 0; i < left->count; i++) {
		json_write_object(&writer, NULL);
		aside_write_delivery(&writer, &left->list[i]);
		json_write_object_end(&writer);
	}
	json_write_array_end(&writer);
	json_write_object_end(&writer);
	buf_add_char(text, '\n');
}

/* The disk begins with it, while we write others. */
static int write_staged(int fd, const struct buf *text, int64_t due_ms, struct error *err)
{
	const struct timespec times[2] = {
		{ .tv_sec = 0, .tv_nsec = UTIME_OMIT },
		{ .tv_sec = due_ms / 1000, .tv_nsec = due_ms % 1000 * 1000000 },
	};

	if (file_write(fd, text->data, text->len, "a file of 'defer'", err) < 0)
		return -1;
	if (futimens(fd, times) < 0)
		return error_errno(err, "set the time of a file of 'defer'");
	(void)sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	return 0;
}

static char *staged_name(const struct aside_staged *staged)
{
	return str_format("%s.%d.tmp", staged->id, (int)getpid());
}

int aside_stage(struct aside_staged *staged, const struct aside *aside,
		const struct deliveries *left, int64_t due_ms, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;
	struct aside_staged made = ASIDE_STAGED_NONE;
	auto_free char *name = NULL;
	int dir = aside->spool->dir[SPOOL_DEFER];

	memcpy(made.id, aside->id, UUID_LEN);
	name = staged_name(&made);
	buf_add(&text, aside->line.data, aside->line.len);
	buf_add_char(&text, '\n');
	write_state(&text, left, due_ms);
	(void)unlinkat(dir, name, 0);
	made.fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
			 0600);
	if (made.fd < 0)
		return error_errno(err, "defer event '%s': create 'defer/%s'", aside->id,
				   name);
	*staged = made;
	if (write_staged(made.fd, &text, due_ms, err) < 0) {
		aside_unstage(staged, aside->spool);
		return error_wrap(err, "defer event '%s'", aside->id);
	}
	return 0;
}

int aside_publish(struct aside_staged *const *list, size_t count,
		  const struct spool *spool, struct error *err)
{
	int dir = spool->dir[SPOOL_DEFER];
	size_t i;

	for (i = 0; i < count; i++) {
		auto_free char *name = staged_name(list[i]);

		forget_progress(spool, list[i]->id);
		if (close(steal_fd(&list[i]->fd)) < 0 ||
		    renameat(dir, name, dir, list[i]->id) < 0) {
			(void)error_errno(err, "defer event '%s'", list[i]->id);
			(void)unlinkat(dir, name, 0);
			return -1;
		}
	}
	return file_sync_dir(dir, "defer", err);
}

void aside_unstage(struct aside_staged *staged, const struct spool *spool)
{
	auto_free char *name = staged_name(staged);

	if (staged->fd < 0)
		return;
	cleanup_close(&staged->fd);
	staged->fd = -1;
	(void)unlinkat(spool->dir[SPOOL_DEFER], name, 0);
}

int aside_defer(const struct aside *aside, const struct deliveries *left, int64_t due_ms,
		struct error *err)
{
	struct aside_staged staged = ASIDE_STAGED_NONE;
	struct aside_staged *const list[] = { &staged };
	int failed = aside_stage(&staged, aside, left, due_ms, err);

	if (!failed && fsync(staged.fd) < 0)
		failed = error_errno(err, "defer event '%s': sync", aside->id);
	if (!failed)
		failed = aside_publish(list, 1, aside->spool, err);
	aside_unstage(&staged, aside->spool);
	return failed;
}

/* The last line of what is in text; false when it may begin before it. */
static bool find_last_line(struct str_view *line, const struct buf *text)
{
	size_t end = text->len;
	const char *start;

	if (end && text->data[end - 1] == '\n')
		end--;
	start = end ? memrchr(text->data, '\n', end) : NULL;
	if (!start)
		return false;
	*line = (struct str_view){ start + 1, (size_t)(text->data + end - (start + 1)) };
	return true;
}

/* An event may be large, what is left of it is mostly small: its end is read first. */
int aside_read_state(struct buf *text, struct str_view *line, const struct spool *spool,
		     const char *id, struct error *err)
{
	auto_close int fd =
		openat(spool->dir[SPOOL_DEFER], id, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);

	if (size <= 0)
		return 0;
	(void)lseek(fd, size > TAIL ? size - TAIL : 0, SEEK_SET);
	if (file_read_fd(text, fd, FILE_LIMIT, err) < 0)
		return -1;
	if (find_last_line(line, text))
		return 0;
	buf_clear(text);
	(void)lseek(fd, 0, SEEK_SET);
	if (file_read_fd(text, fd, FILE_LIMIT, err) < 0)
		return -1;
	(void)find_last_line(line, text);
	return 0;
}
