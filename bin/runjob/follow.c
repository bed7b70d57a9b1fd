#include "bin/runjob/follow.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bin/runjob/view.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job.h"
#include "lib/job_queue.h"
#include "lib/str.h"

enum {
	COPY_STEP = 65536,
	SEND_STEP = 1 << 20,
	LOOK_AGAIN_MS = 5,
	LOOKS = 40,
	BRIEF_MS = 20,
	ERROR_LIMIT = 4096
};

/* What an inotify descriptor told. */
struct news {
	bool log;    /* it grew */
	bool status; /* status.json was replaced */
	bool lock;   /* somebody who could hold the lock closed it */
};

/* For what the kernel does not send a file to: a file that is appended to, some devices. */
static int copy_bytes(struct follow *follow, struct error *err)
{
	char bytes[COPY_STEP];
	ssize_t got;

	while ((got = pread(follow->log_fd, bytes, sizeof(bytes),
			    (off_t)follow->offset)) > 0) {
		if (file_write(follow->out_fd, bytes, (size_t)got, "standard output",
			       err) < 0)
			return -1;
		follow->offset += (uint64_t)got;
	}
	return got < 0 ? error_errno(err, "read '%s/log'", follow->job->dir) : 0;
}

/* What is in a log stays as it is: a pipe may have its pages and not a copy of them. */
static int copy_log(struct follow *follow, struct error *err)
{
	off_t offset = (off_t)follow->offset;
	ssize_t sent;

	do
		sent = sendfile(follow->out_fd, follow->log_fd, &offset, SEND_STEP);
	while (sent > 0 || (sent < 0 && errno == EINTR));
	follow->offset = (uint64_t)offset;
	if (sent < 0 && errno == EPIPE)
		return error_errno(err, "write 'standard output'");
	return sent < 0 ? copy_bytes(follow, err) : 0;
}

/* Another attempt has a log of its own. */
static bool is_another(const struct follow *follow)
{
	struct stat now = { 0 };
	struct stat ours = { 0 };

	return fstatat(follow->job->fd, "log", &now, 0) == 0 &&
	       fstat(follow->log_fd, &ours) == 0 && now.st_ino != ours.st_ino;
}

static int open_put_aside(const struct follow *follow, unsigned attempt)
{
	auto_free char *name = str_format("log.%u", attempt);

	return openat(follow->job->fd, name, O_RDONLY | O_CLOEXEC);
}

static unsigned present_attempt(const struct follow *follow)
{
	unsigned attempt = 0;
	bool past = true;

	while (past) {
		auto_close int fd = open_put_aside(follow, ++attempt);

		past = fd >= 0;
	}
	return attempt;
}

/* The log of that attempt, wherever it is by now; 0: of the present one. */
static int open_log(struct follow *follow, struct error *err)
{
	auto_close int present = -1;
	int fd;

	if (!follow->attempt)
		follow->attempt = present_attempt(follow);
	fd = open_put_aside(follow, follow->attempt);
	if (fd < 0) {
		present = openat(follow->job->fd, "log", O_RDONLY | O_CLOEXEC);
		/* It may have been put aside just before. */
		fd = open_put_aside(follow, follow->attempt);
	}
	follow->log_fd = fd >= 0 ? fd : steal_fd(&present);
	if (follow->log_fd < 0 && errno != ENOENT)
		return error_errno(err, "open '%s/log'", follow->job->dir);
	return 0;
}

int follow_copy(struct follow *follow, struct error *err)
{
	if (follow->view)
		return view_copy(follow->view, follow->job, follow->out_fd, err);
	for (;;) {
		if (follow->log_fd < 0 && open_log(follow, err) < 0)
			return -1;
		if (follow->log_fd < 0)
			return 0;
		if (copy_log(follow, err) < 0)
			return -1;
		if (!is_another(follow))
			return 0;
		/* It may have grown before it was put aside. */
		if (copy_log(follow, err) < 0)
			return -1;
		cleanup_close(&follow->log_fd);
		follow->log_fd = -1;
		follow->offset = 0;
		follow->attempt++;
	}
}

static void read_news(struct news *news, int inotify_fd)
{
	char bytes[8192] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t got;

	while ((got = read(inotify_fd, bytes, sizeof(bytes))) > 0) {
		const char *p = bytes;

		while (p < bytes + got) {
			const struct inotify_event *event = (const void *)p;
			bool named = event->len > 0;

			news->log |= named && (str_equal(event->name, "log") ||
					       str_equal(event->name, "log.index"));
			news->status |= named && str_equal(event->name, "status.json");
			news->lock |= named && str_equal(event->name, "lock") &&
				      (event->mask & IN_CLOSE_WRITE);
			/* Too much at once: look at everything. */
			news->status |= (event->mask & IN_Q_OVERFLOW) != 0;
			p += sizeof(*event) + event->len;
		}
	}
}

/* What kept the last supervisor from its work, if it could say. */
static int nobody(const struct job *job, struct error *err)
{
	auto_buf struct buf why = BUF_EMPTY;
	struct error ignored = { 0 };
	bool found = false;

	(void)file_read_if(&why, &found, job->fd, "error", ERROR_LIMIT, &ignored);
	return error_set(err, ERROR_TEMPORARY,
			 "job '%s' has no supervisor; runjob recover starts one%s%s",
			 job->id, why.len ? ": " : "", buf_str(&why));
}

/* Somebody sees to it that it will begin: a supervisor that lives, or the queue. */
static int is_in_hand(bool *in_hand, const struct follow *follow, bool found,
		      struct error *err)
{
	if (job_has_supervisor(in_hand, follow->job, err) < 0)
		return -1;
	if (*in_hand || !found)
		return 0;
	return job_queue_holds(in_hand, follow->job, follow->status.due_ms, err);
}

/* Is it over?  Nobody to end it is a reason to stop waiting, too. */
static int look(bool *over, struct follow *follow, struct error *err)
{
	bool found = false;
	bool alive = false;

	if (job_status_now(&follow->status, &found, follow->job, err) < 0)
		return -1;
	*over = found && job_state_is_final(follow->status.state);
	if (*over || (found && follow->status.state == JOB_RUNNING))
		return 0;
	if (is_in_hand(&alive, follow, found, err) < 0)
		return -1;
	if (alive)
		return 0;
	/* It may have ended, or gone from one's hand to the other's, between the looks. */
	if (job_status_now(&follow->status, &found, follow->job, err) < 0)
		return -1;
	*over = found && job_state_is_final(follow->status.state);
	if (*over || (found && follow->status.state == JOB_RUNNING))
		return 0;
	return nobody(follow->job, err);
}

static int wait_for_news(struct news *news, struct follow *follow, int inotify_fd,
			 int timeout_ms, struct error *err)
{
	struct pollfd polled[2] = { { inotify_fd, POLLIN, 0 },
				    { follow->interrupt_fd, POLLIN, 0 } };

	if (poll(polled, 2, timeout_ms) < 0 && errno != EINTR)
		return error_errno(err, "wait for job '%s'", follow->job->id);
	follow->interrupted = polled[1].revents != 0;
	read_news(news, inotify_fd);
	return 0;
}

static int copy_if_wanted(struct follow *follow, struct error *err)
{
	return follow->out_fd < 0 ? 0 : follow_copy(follow, err);
}

static int follow_watched(struct follow *follow, int inotify_fd, struct error *err)
{
	struct news news = { true, true, false };
	bool over = false;
	int looks = 0;

	for (;;) {
		if ((news.status || news.lock || looks > 0) &&
		    look(&over, follow, err) < 0)
			return -1;
		/* In this order: when it is over the log does not grow any more. */
		if ((news.log || over) && copy_if_wanted(follow, err) < 0)
			return -1;
		if (over || follow->interrupted)
			return 0;
		/* The kernel tells of a close just before it gives the lock away. */
		looks = news.lock ? LOOKS : looks > 0 ? looks - 1 : 0;
		news = (struct news){ false, false, false };
		if (wait_for_news(&news, follow, inotify_fd, looks ? LOOK_AGAIN_MS : -1,
				  err) < 0)
			return -1;
	}
}

/* Closing an inotify descriptor takes 15 ms; a job that is over before is done without. */
static int wait_briefly(bool *over, struct follow *follow, struct error *err)
{
	struct pollfd polled = { steal_fd(&follow->pidfd), POLLIN, 0 };

	*over = false;
	if (polled.fd < 0 || poll(&polled, 1, BRIEF_MS) <= 0)
		return 0;
	if (look(over, follow, err) < 0)
		return -1;
	return *over ? copy_if_wanted(follow, err) : 0;
}

int follow_job(struct follow *follow, struct error *err)
{
	auto_close int inotify_fd = -1;
	bool over = false;

	follow->interrupted = false;
	if (wait_briefly(&over, follow, err) < 0)
		return -1;
	if (over)
		return 0;
	inotify_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (inotify_fd < 0 ||
	    inotify_add_watch(inotify_fd, follow->job->dir,
			      IN_MODIFY | IN_MOVED_TO | IN_CLOSE_WRITE) < 0)
		return error_errno(err, "watch '%s'", follow->job->dir);
	return follow_watched(follow, inotify_fd, err);
}
