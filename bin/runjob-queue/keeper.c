#include "bin/runjob-queue/keeper.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bin/runjob-queue/start.h"
#include "lib/cgroup_base.h"
#include "lib/cleanup.h"
#include "lib/config.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job_held.h"
#include "lib/job_slot.h"
#include "lib/process.h"
#include "lib/str.h"

enum { LOOK_AGAIN_MS = 2, LOOKS = 10 };

/* What the kernel told: somebody gave up its places, or too much happened at once. */
struct news {
	bool slots;
	bool all;
};

static int read_most(uint64_t *most, const struct config *config, struct error *err)
{
	const char *text = config_get(config, "HOOKTOOLS_JOBS_MAX");

	*most = job_slot_default();
	if (!text || str_to_u64(most, text, 1, JOB_SLOTS_MOST, err) == 0)
		return 0;
	err->kind = ERROR_CONFIG;
	return error_wrap(err, "HOOKTOOLS_JOBS_MAX");
}

/* Out of the group of whoever started us, which may be ended while jobs still wait. */
static void step_aside(const struct config *config)
{
	auto_cgroup_base struct cgroup_base base = CGROUP_BASE_NONE;
	struct error ignored = { 0 };

	if (cgroup_is_aside())
		return;
	if (cgroup_find(&base, config_get(config, "HOOKTOOLS_CGROUP"), &ignored) == 0)
		cgroup_step_aside(&base);
}

/* All else that we inherited is our caller's: its pipes would not end before we do, and its locks
 * not be given away. */
static void take_lock(struct keeper *keeper)
{
	struct stat stat;

	(void)close_range(3, ~0U, 0);
	if (fstat(0, &stat) == 0 && S_ISREG(stat.st_mode))
		keeper->lock_fd = fcntl(0, F_DUPFD_CLOEXEC, 3);
	if (keeper->lock_fd < 0)
		return;
	(void)close(0);
	(void)open("/dev/null", O_RDWR | O_CLOEXEC);
}

int keeper_open(struct keeper *keeper, struct error *err)
{
	auto_config struct config config = CONFIG_EMPTY;

	take_lock(keeper);
	/* Supervisors are our children while we live, and nobody waits for them. */
	(void)signal(SIGCHLD, SIG_IGN);
	if (layout_read(&keeper->layout, err) < 0 ||
	    job_queue_open(&keeper->queue, &keeper->layout, err) < 0 ||
	    config_load(&config, &keeper->layout, err) < 0 ||
	    read_most(&keeper->most, &config, err) < 0)
		return -1;
	process_prefer(keeper->layout.bin);
	step_aside(&config);
	if (job_queue_keep(&keeper->lock_fd, &keeper->queue, err) < 0)
		return -1;
	if (keeper->lock_fd < 0)
		return 0;
	return gate_open(&keeper->gate, &keeper->queue, &config, err);
}

void keeper_close(struct keeper *keeper)
{
	cleanup_close(&keeper->lock_fd);
	cleanup_close(&keeper->slot_fd);
	cleanup_close(&keeper->inotify_fd);
	waiting_free(&keeper->waiting);
	gate_close(&keeper->gate);
	job_queue_close(&keeper->queue);
	layout_free(&keeper->layout);
}

static void add_name(struct keeper *keeper, const char *name)
{
	struct job_entry entry = { 0 };

	if (job_entry_parse(&entry, name))
		start_place(keeper, waiting_make(&keeper->waiting, &entry));
}

static int by_order(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* All entries that there are, from nothing. */
static int load(struct keeper *keeper, struct error *err)
{
	auto_buf struct buf names = BUF_EMPTY;
	auto_closedir DIR *dir = NULL;
	int fd = openat(keeper->queue.fd, "waiting", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent *entry;
	size_t at;

	waiting_free(&keeper->waiting);
	if (fd < 0 && errno == ENOENT)
		return 0;
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir)
		return error_errno(err, "list the queue");
	while ((entry = readdir(dir))) {
		if (strlen(entry->d_name) == JOB_ENTRY_LEN - 1)
			buf_add(&names, entry->d_name, JOB_ENTRY_LEN);
	}
	if (names.len)
		qsort(names.data, names.len / JOB_ENTRY_LEN, JOB_ENTRY_LEN, by_order);
	for (at = 0; at < names.len; at += JOB_ENTRY_LEN)
		add_name(keeper, names.data + at);
	return 0;
}

/* The files must be there to be watched. */
static int make_files(const struct keeper *keeper, struct error *err)
{
	static const char *const names[] = { "slots", "poke" };
	size_t i;

	for (i = 0; i < 2; i++) {
		auto_close int fd = openat(keeper->queue.fd, names[i],
					   O_RDONLY | O_CREAT | O_CLOEXEC, 0600);

		if (fd < 0)
			return error_errno(err, "create '%s' of the queue", names[i]);
	}
	if ((mkdirat(keeper->queue.fd, "waiting", 0700) < 0 && errno != EEXIST) ||
	    (mkdirat(keeper->queue.fd, "after", 0700) < 0 && errno != EEXIST))
		return error_errno(err, "make the queue's folders");
	return 0;
}

static int watch(struct keeper *keeper, struct error *err)
{
	static const struct {
		const char *name;
		uint32_t mask;
	} watched[] = {
		{ "waiting", IN_CREATE | IN_DELETE },
		{ "after", IN_DELETE },
		{ "slots", IN_CLOSE_WRITE },
		{ "poke", IN_ATTRIB },
	};
	size_t i;

	cleanup_close(&keeper->inotify_fd);
	keeper->inotify_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (keeper->inotify_fd < 0)
		return error_errno(err, "watch the queue");
	if (make_files(keeper, err) < 0)
		return -1;
	for (i = 0; i < sizeof(watched) / sizeof(watched[0]); i++) {
		auto_free char *path = str_format("%s/jobs/.queue/%s",
						  keeper->layout.state, watched[i].name);

		if (inotify_add_watch(keeper->inotify_fd, path, watched[i].mask) < 0)
			return error_errno(err, "watch '%s'", path);
	}
	return 0;
}

static void tell_after(struct keeper *keeper, const char *id)
{
	uint32_t item = 0;

	/* Those that wait on are added again behind: each is looked at once. */
	auto_buf struct buf told = BUF_EMPTY;
	size_t at;

	while (waiting_told(&item, &keeper->waiting, id))
		buf_add(&told, &item, sizeof(item));
	for (at = 0; at < told.len; at += sizeof(item)) {
		memcpy(&item, told.data + at, sizeof(item));
		start_place(keeper, item);
	}
}

static void take_event(struct keeper *keeper, struct news *news,
		       const struct inotify_event *event)
{
	news->all |= (event->mask & (IN_Q_OVERFLOW | IN_IGNORED)) != 0;
	news->slots |= (event->mask & IN_CLOSE_WRITE) != 0;
	if (!event->len)
		return;
	if (event->mask & IN_CREATE)
		add_name(keeper, event->name);
	else if (uuid_is_valid(event->name))
		tell_after(keeper, event->name);
}

static void read_news(struct keeper *keeper, struct news *news)
{
	char bytes[16384] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t got;

	while ((got = read(keeper->inotify_fd, bytes, sizeof(bytes))) > 0) {
		const char *p = bytes;

		while (p < bytes + got) {
			const struct inotify_event *event = (const void *)p;

			take_event(keeper, news, event);
			p += sizeof(*event) + event->len;
		}
	}
}

static int time_left(const struct keeper *keeper, int looks)
{
	uint64_t now_ms = (uint64_t)date_now_ms();
	uint64_t due_ms = 0;
	int look_ms = keeper->is_held ? keeper->gate.look_ms : -1;

	if (looks > 0)
		return LOOK_AGAIN_MS;
	if (!waiting_next_due(&due_ms, &keeper->waiting))
		return look_ms;
	if (due_ms <= now_ms)
		return 0;
	if (due_ms - now_ms < (uint64_t)(look_ms < 0 ? INT_MAX : look_ms))
		return (int)(due_ms - now_ms);
	return look_ms < 0 ? INT_MAX : look_ms;
}

/* Until there is news, or the next one is due. */
static int sleep_on(struct keeper *keeper, int looks, struct error *err)
{
	struct pollfd polled[1 + PRESSURE_KINDS] = { { keeper->inotify_fd, POLLIN, 0 } };

	gate_poll(polled + 1, &keeper->gate);
	if (poll(polled, 1 + PRESSURE_KINDS, time_left(keeper, looks)) < 0) {
		if (errno != EINTR)
			return error_errno(err, "wait for the queue");
		return 0;
	}
	gate_take(&keeper->gate, polled + 1);
	return 0;
}

/* Is the folder of those that wait gone?  One look, so nobody comes in between. */
static bool is_over(const struct keeper *keeper)
{
	return unlinkat(keeper->queue.fd, "waiting", AT_REMOVEDIR) == 0 ||
	       errno == ENOENT;
}

/* Until nothing waits. */
static int serve(struct keeper *keeper, struct error *err)
{
	struct news news = { false, false };
	int looks = 0;

	if (watch(keeper, err) < 0 || load(keeper, err) < 0)
		return -1;
	job_held_fail(&keeper->queue, NULL);
	for (;;) {
		start_ready(keeper);
		/* Those in memory that wait for a time or a job may have been stopped. */
		if (!keeper->is_full && is_over(keeper))
			return 0;
		job_queue_answered(&keeper->queue);
		/* A file is told to be closed just before the kernel gives its locks away. */
		if (news.slots && keeper->is_full && !keeper->has_started)
			looks = LOOKS;
		else if (looks > 0)
			looks--;
		news = (struct news){ false, false };
		if (sleep_on(keeper, looks, err) < 0)
			return -1;
		read_news(keeper, &news);
		/* With nothing left in memory: entries whose supervisor died before it had
		 * removed them. */
		if ((news.all || !keeper->waiting.count) && load(keeper, err) < 0)
			return -1;
	}
}

int keeper_run(struct keeper *keeper, struct error *err)
{
	while (keeper->lock_fd >= 0) {
		if (serve(keeper, err) < 0)
			return -1;
		gate_lift(&keeper->gate, &keeper->queue);
		cleanup_close(&keeper->lock_fd);
		keeper->lock_fd = -1;
		/* Whoever came between the two saw our lock, and trusts us. */
		if (job_queue_is_busy(&keeper->queue) &&
		    job_queue_keep(&keeper->lock_fd, &keeper->queue, err) < 0)
			return -1;
	}
	return 0;
}
