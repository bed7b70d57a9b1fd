#include "lib/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include "lib/submit.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job.h"
#include "lib/str.h"

enum { PID_LIMIT = 64 };

static int write_request(const struct job *job, int signal, uint64_t grace_ms,
			 struct error *err)
{
	auto_free char *text =
		str_format("%d %llu", signal, (unsigned long long)grace_ms);
	struct stat folder;

	if (file_replace(job->fd, "stop", text, strlen(text), 0600, err) == 0)
		return 0;
	if (fstat(job->fd, &folder) == 0 && folder.st_nlink == 0)
		return job_say_removed(job->id, err);
	return -1;
}

/* 0 while the supervisor has not written it yet: then it will find the request. */
static int supervisor_pid(uint64_t *pid, const struct job *job, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;

	*pid = 0;
	if (file_read(&text, job->fd, "lock", PID_LIMIT, err) < 0)
		return -1;
	if (!text.len || text.data[text.len - 1] != '\n')
		return 0;
	buf_cut(&text, text.len - 1);
	return str_to_u64(pid, text.data, 1, INT32_MAX, err);
}

int stop_signal(const struct job *job, int signal, struct error *err)
{
	auto_close int pidfd = -1;
	bool alive = false;
	uint64_t pid = 0;

	if (supervisor_pid(&pid, job, err) < 0)
		return -1;
	if (!pid)
		return 0;
	pidfd = (int)syscall(SYS_pidfd_open, (pid_t)pid, 0);
	if (pidfd < 0)
		return errno == ESRCH ? 0 : error_errno(err, "find process %d", (int)pid);
	/* The lock is still held, so the number was its holder's when we opened it. */
	if (job_has_supervisor(&alive, job, err) < 0)
		return -1;
	if (alive && syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) < 0 &&
	    errno != ESRCH)
		return error_errno(err, "signal supervisor %d", (int)pid);
	return 0;
}

/* Who removes it may have looked for files already: ours, and the folder, are for us then. */
static int withdraw(const struct job *job, struct error *err)
{
	if (!job_is_removed(job))
		return -1;
	(void)unlinkat(job->fd, "stop", 0);
	(void)rmdir(job->dir);
	return job_say_removed(job->id, err);
}

int stop_job(const struct job *job, const struct layout *layout, int signal,
	     uint64_t grace_ms, struct error *err)
{
	bool started = false;

	/* Without a supervisor: the new one finds the request, or buries the job. */
	if (write_request(job, signal, grace_ms, err) < 0 ||
	    submit_resume(&started, job, layout, err) < 0)
		return withdraw(job, err);
	if (started)
		return 0;
	return stop_signal(job, SIGTERM, err);
}
