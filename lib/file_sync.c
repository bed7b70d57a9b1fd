#include "lib/file_sync.h"

#include <errno.h>
#include <linux/aio_abi.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/error.h"

static bool open_context(struct file_sync *sync)
{
	if (!sync->context && !sync->is_refused)
		sync->is_refused =
			syscall(SYS_io_setup, FILE_SYNC_MAX, &sync->context) < 0;
	return sync->context;
}

static int one_by_one(const int *fds, size_t count, struct error *err)
{
	int failed = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		if (fsync(fds[i]) < 0 && !failed)
			failed = error_errno(err, "sync a file");
	}
	return failed;
}

/* How many the kernel took. */
static size_t submit(const struct file_sync *sync, const int *fds, size_t count)
{
	struct iocb blocks[FILE_SYNC_MAX];
	struct iocb *list[FILE_SYNC_MAX];
	long taken;
	size_t i;

	for (i = 0; i < count; i++) {
		blocks[i] = (struct iocb){ .aio_lio_opcode = IOCB_CMD_FSYNC,
					   .aio_fildes = (__u32)fds[i] };
		list[i] = &blocks[i];
	}
	taken = syscall(SYS_io_submit, sync->context, (long)count, list);
	return taken < 0 ? 0 : (size_t)taken;
}

/* Until all are there: a descriptor may be closed then. */
static int collect(const struct file_sync *sync, size_t count, struct error *err)
{
	struct io_event events[FILE_SYNC_MAX];
	int failed = 0;
	long got;
	long i;

	while (count > 0) {
		got = syscall(SYS_io_getevents, sync->context, 1L, (long)count, events,
			      NULL);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(err, "wait for files to be synced");
		for (i = 0; i < got; i++) {
			if (!events[i].res || failed)
				continue;
			errno = (int)-events[i].res;
			failed = error_errno(err, "sync a file");
		}
		count -= (size_t)got;
	}
	return failed;
}

int file_sync_all(struct file_sync *sync, const int *fds, size_t count, struct error *err)
{
	struct error rest = { 0 };
	size_t taken = 0;
	int failed = 0;

	if (count > 1 && count <= FILE_SYNC_MAX && open_context(sync)) {
		taken = submit(sync, fds, count);
		failed = collect(sync, taken, err);
	}
	if (one_by_one(fds + taken, count - taken, failed ? &rest : err) < 0)
		failed = -1;
	return failed;
}

void file_sync_close(struct file_sync *sync)
{
	if (sync->context)
		(void)syscall(SYS_io_destroy, sync->context);
	*sync = (struct file_sync)FILE_SYNC_NONE;
}
