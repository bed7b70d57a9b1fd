#include "lib/job_queue.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job.h"
#include "lib/job_entry.h"
#include "lib/job_plan.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/process.h"
#include "lib/process_stat.h"
#include "lib/str.h"

enum { LEASE_MS = 10000, DEATH_MS = 5000, PID_LIMIT = 64, ENTER_TRIES = 100 };

enum { STAT_LIMIT = 8192, FLAG_EXITING = 4, PENDING_KILL = 1 << (SIGKILL - 1) };

int job_queue_open(struct job_queue *queue, const struct layout *layout,
		   struct error *err)
{
	auto_free char *path = str_format("%s/jobs/.queue", layout->state);

	queue->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (queue->fd >= 0)
		return 0;
	if (errno != ENOENT)
		return error_errno(err, "open '%s'", path);
	if (file_make_dirs(path, 0700, err) < 0)
		return -1;
	return file_open_dir(&queue->fd, AT_FDCWD, path, err);
}

void job_queue_close(struct job_queue *queue)
{
	cleanup_close(&queue->fd);
	queue->fd = -1;
}

bool job_queue_is_busy(const struct job_queue *queue)
{
	return faccessat(queue->fd, "waiting", F_OK, 0) == 0;
}

static void place(char path[static JOB_ENTRY_LEN + 8], const struct job_entry *entry)
{
	static const char folder[] = "waiting/";

	memcpy(path, folder, sizeof(folder));
	job_entry_name(path + sizeof(folder) - 1, entry);
}

int job_queue_enter(const struct job_queue *queue, const struct job_entry *entry,
		    const struct job *job, struct error *err)
{
	auto_free char *target = str_format("../../%s/%s", job->owner, job->id);
	char path[JOB_ENTRY_LEN + 8];
	int tries;

	place(path, entry);
	/* The keeper may remove an empty folder between our two calls. */
	for (tries = 0; tries < ENTER_TRIES; tries++) {
		if (symlinkat(target, queue->fd, path) == 0 || errno == EEXIST)
			return 0;
		if (errno != ENOENT)
			break;
		if (mkdirat(queue->fd, "waiting", 0700) < 0 && errno != EEXIST)
			break;
	}
	return error_errno(err, "queue job '%s'", job->id);
}

bool job_queue_has(const struct job_queue *queue, const struct job_entry *entry)
{
	char path[JOB_ENTRY_LEN + 8];

	place(path, entry);
	return faccessat(queue->fd, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

int job_queue_holds(bool *waits, const struct job *job, int64_t due_ms, struct error *err)
{
	auto_job_plan struct job_plan plan = JOB_PLAN_EMPTY;
	auto_job_queue struct job_queue queue = JOB_QUEUE_NONE;
	struct job_entry entry = { 0 };

	*waits = false;
	queue.fd = openat(job->fd, "../../.queue", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (queue.fd < 0 && errno == ENOENT)
		return 0;
	if (queue.fd < 0)
		return error_errno(err, "open the queue of job '%s'", job->id);
	if (job_plan_read(&plan, job, err) < 0)
		return -1;
	job_entry_of(&entry, &plan, due_ms);
	*waits = job_queue_has(&queue, &entry);
	return 0;
}

void job_queue_leave(const struct job_queue *queue, const struct job_entry *entry)
{
	char path[JOB_ENTRY_LEN + 8];

	place(path, entry);
	(void)unlinkat(queue->fd, path, 0);
}

/* "../../<owner>/<id>", from wherever the link is. */
bool job_place_read(struct job_place *place, int dir_fd, const char *link)
{
	char target[256] = "";
	const char *id;
	const char *owner;

	if (readlinkat(dir_fd, link, target, sizeof(target) - 1) < 0)
		return false;
	id = strrchr(target, '/');
	if (!id || id - target < JOB_OWNER_LEN - 1 || !uuid_is_valid(id + 1))
		return false;
	owner = id - (JOB_OWNER_LEN - 1);
	snprintf(place->owner, sizeof(place->owner), "%.64s", owner);
	snprintf(place->id, sizeof(place->id), "%s", id + 1);
	return true;
}

static bool lock(int fd)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	return fcntl(fd, F_OFD_SETLK, &whole) == 0;
}

static int open_keeper(int *fd, const struct job_queue *queue, struct error *err)
{
	*fd = openat(queue->fd, "keeper", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	return *fd < 0 ? error_errno(err, "open the queue's lock") : 0;
}

static int64_t changed_ms(const struct job_queue *queue, const char *name)
{
	struct stat stat;

	if (fstatat(queue->fd, name, &stat, 0) < 0)
		return 0;
	return (int64_t)stat.st_mtim.tv_sec * 1000 + stat.st_mtim.tv_nsec / 1000000;
}

static void touch(const struct job_queue *queue, const char *name)
{
	(void)utimensat(queue->fd, name, NULL, 0);
}

/* "poke" bears the time of the first news that have no answer yet, "keeper" that of the last
 * answer. */
static bool lease_is_over(const struct job_queue *queue)
{
	int64_t answered = changed_ms(queue, "keeper");
	int64_t poked = changed_ms(queue, "poke");

	if (poked > answered)
		return date_now_ms() - poked > LEASE_MS;
	if (!poked) {
		int fd = openat(queue->fd, "poke", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

		cleanup_close(&fd);
	}
	touch(queue, "poke");
	return false;
}

/* 0: it has not written it yet. */
static uint64_t keeper_pid(int keeper_fd)
{
	char text[PID_LIMIT] = "";
	uint64_t pid;

	if (pread(keeper_fd, text, sizeof(text) - 1, 0) <= 0)
		return 0;
	pid = str_leading_u64(text);
	return pid < 2 || pid > INT32_MAX ? 0 : pid;
}

/* Killed, and still on its way out: the kernel takes tens of milliseconds to close what it
 * watches, and only then gives its lock away.  Field 9 are the flags, 31 the signals that it has
 * not taken yet. */
static bool is_dying(int keeper_fd)
{
	auto_free char *path =
		str_format("/proc/%u/stat", (unsigned)keeper_pid(keeper_fd));
	auto_buf struct buf stat = BUF_EMPTY;
	struct error ignored = { 0 };

	if (file_read(&stat, AT_FDCWD, path, STAT_LIMIT, &ignored) < 0)
		return false;
	return (process_stat_field(buf_str(&stat), 9) & FLAG_EXITING) != 0 ||
	       (process_stat_field(buf_str(&stat), 31) & PENDING_KILL) != 0;
}

/* SIGKILL also ends a process that is stopped. */
static void end_keeper(int keeper_fd)
{
	struct pollfd polled = { -1, POLLIN, 0 };
	auto_close int pidfd = -1;
	uint64_t pid = keeper_pid(keeper_fd);

	if (!pid)
		return;
	pidfd = (int)syscall(SYS_pidfd_open, (pid_t)pid, 0);
	/* The lock is still held, so the number was its holder's when we opened it. */
	if (pidfd < 0 || lock(keeper_fd))
		return;
	(void)syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
	polled.fd = pidfd;
	(void)poll(&polled, 1, DEATH_MS);
}

static int start_keeper(int lock_fd, const struct layout *layout, struct error *err)
{
	auto_free char *program = path_join(layout->libexec, "runjob-queue");
	const char *argv[] = { program, layout->environment ? "apart" : NULL, NULL };
	struct process process = PROCESS_NONE;
	struct process_start start = { .argv = argv,
				       .environment = layout->environment,
				       .in = lock_fd,
				       .out = -1,
				       .err = -1,
				       .new_session = true };

	if (process_spawn(&process, &start, err) < 0)
		return -1;
	if (layout->environment)
		return process_leave(&process, "the queue's keeper", err);
	cleanup_close(&process.pidfd);
	return 0;
}

int job_queue_rouse(const struct job_queue *queue, const struct layout *layout,
		    struct error *err)
{
	auto_close int fd = -1;

	if (open_keeper(&fd, queue, err) < 0)
		return -1;
	if (!lock(fd)) {
		if (is_dying(fd) || lease_is_over(queue))
			end_keeper(fd);
		else
			return 0;
		/* Not ours: somebody else was quicker, or it cannot be ended. */
		if (!lock(fd))
			return 0;
	}
	return start_keeper(fd, layout, err);
}

int job_queue_keep(int *lock_fd, const struct job_queue *queue, struct error *err)
{
	auto_free char *text = str_format("%d\n", (int)getpid());

	if (*lock_fd < 0 && open_keeper(lock_fd, queue, err) < 0)
		return -1;
	if (!lock(*lock_fd)) {
		cleanup_close(lock_fd);
		*lock_fd = -1;
		return 0;
	}
	if (ftruncate(*lock_fd, 0) < 0 || pwrite(*lock_fd, text, strlen(text), 0) < 0)
		return error_errno(err, "write the queue's lock");
	return 0;
}

void job_queue_answered(const struct job_queue *queue)
{
	touch(queue, "keeper");
}
