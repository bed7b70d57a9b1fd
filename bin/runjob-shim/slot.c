#include "bin/runjob-shim/slot.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/config.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/layout.h"
#include "lib/str.h"

enum { SLOTS_LEAST = 4, SLOTS_MOST = 10000, LOOK_AGAIN_MS = 2, LOOKS = 10 };

static volatile sig_atomic_t stop_wanted;

static void note_stop(int number)
{
	(void)number;
	stop_wanted = 1;
	/* Again each second: flock(2) may begin just after this one was noted. */
	(void)alarm(1);
}

/* While we wait in flock(2), which a signal without SA_RESTART ends. */
static void catch_stop(sigset_t *old)
{
	struct sigaction action = { .sa_handler = note_stop };
	sigset_t set;

	(void)sigaction(SIGTERM, &action, NULL);
	(void)sigaction(SIGALRM, &action, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGALRM);
	(void)sigprocmask(SIG_UNBLOCK, &set, old);
}

static int slot_count(uint64_t *count, const struct config *config, struct error *err)
{
	const char *text = config_get(config, "HOOKTOOLS_JOBS_MAX");
	cpu_set_t cpus;

	if (text) {
		if (str_to_u64(count, text, 1, SLOTS_MOST, err) == 0)
			return 0;
		err->kind = ERROR_CONFIG;
		return error_wrap(err, "HOOKTOOLS_JOBS_MAX");
	}
	*count = SLOTS_LEAST;
	if (sched_getaffinity(0, sizeof(cpus), &cpus) == 0 &&
	    CPU_COUNT(&cpus) * 2 > SLOTS_LEAST)
		*count = (uint64_t)CPU_COUNT(&cpus) * 2;
	return 0;
}

/* Opened for reading, so that giving up on one is no IN_CLOSE_WRITE. */
static bool try_one(struct slot *slot, int dir_fd, const char *name)
{
	auto_close int fd = openat(dir_fd, name, O_RDONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0)
		return false;
	slot->tell_fd = openat(dir_fd, name, O_WRONLY | O_CLOEXEC);
	slot->lock_fd = steal_fd(&fd);
	return true;
}

static bool try_all(struct slot *slot, int dir_fd, uint64_t count)
{
	uint64_t i;

	for (i = 0; i < count; i++) {
		auto_free char *name = str_format("%u", (unsigned)i);

		if (try_one(slot, dir_fd, name))
			return true;
	}
	return false;
}

static bool stop_pending(void)
{
	return stop_wanted != 0;
}

/* The end of a holder closes its tell_fd; the kernel does not promise that the lock went
 * before it, so look a few times. */
static void await_free(struct slot *slot, int dir_fd, uint64_t count)
{
	int looks = 0;

	while (!stop_pending() && !try_all(slot, dir_fd, count)) {
		struct pollfd polled = { slot->inotify_fd, POLLIN, 0 };
		char events[4096];

		if (looks > 0) {
			looks--;
			(void)poll(NULL, 0, LOOK_AGAIN_MS);
		} else if (poll(&polled, 1, -1) > 0) {
			while (read(slot->inotify_fd, events, sizeof(events)) > 0)
				;
			looks = LOOKS;
		}
	}
}

static int await_slot(struct slot *slot, const char *dir, uint64_t count,
		      struct error *err)
{
	auto_close int dir_fd = -1;

	if (file_open_dir(&dir_fd, AT_FDCWD, dir, err) < 0)
		return -1;
	if (try_all(slot, dir_fd, count))
		return 0;
	slot->inotify_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (slot->inotify_fd < 0 ||
	    inotify_add_watch(slot->inotify_fd, dir, IN_CLOSE_WRITE) < 0)
		return error_errno(err, "watch '%s'", dir);
	await_free(slot, dir_fd, count);
	return 0;
}

/* One waits at the front, and the others behind it in the kernel's queue for the lock. */
static int queue_up(struct slot *slot, const char *dir, uint64_t count, struct error *err)
{
	auto_free char *queue_path = str_format("%s/queue", dir);
	auto_close int queue = open(queue_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (queue < 0)
		return error_errno(err, "open '%s'", queue_path);
	while (!stop_pending() && flock(queue, LOCK_EX) < 0) {
		if (errno != EINTR)
			return error_errno(err, "lock '%s'", queue_path);
	}
	return stop_pending() ? 0 : await_slot(slot, dir, count, err);
}

int slot_take(struct slot *slot, const struct layout *layout, const struct config *config,
	      struct error *err)
{
	auto_free char *dir = str_format("%s/jobs/.slots", layout->state);
	uint64_t count = 0;
	sigset_t old;
	int result;

	if (slot_count(&count, config, err) < 0 || file_make_dirs(dir, 0700, err) < 0)
		return -1;
	catch_stop(&old);
	result = queue_up(slot, dir, count, err);
	(void)sigprocmask(SIG_SETMASK, &old, NULL);
	(void)alarm(0);
	return result;
}

void slot_give(struct slot *slot)
{
	cleanup_close(&slot->lock_fd);
	cleanup_close(&slot->tell_fd);
	slot->lock_fd = -1;
	slot->tell_fd = -1;
}
