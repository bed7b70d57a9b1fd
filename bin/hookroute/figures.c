#include "bin/hookroute/figures.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "bin/hookroute/names.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/log.h"
#include "lib/str.h"

#define MAGIC "HRFIGUR1"

enum { LOCK_TRIES = 200 };

const uint64_t figures_bounds[FIGURES_BOUNDS] = { 1,	5,     10,    25,    50,
						  100,	250,   500,   1000,  2500,
						  5000, 10000, 30000, 60000, 600000 };

bool figures_is_page(const struct figures_page *page)
{
	return memcmp(page->magic, MAGIC, sizeof(page->magic)) == 0 &&
	       page->size == sizeof(*page);
}

static void unmap(struct figures_page *page)
{
	(void)munmap(page, sizeof(*page));
}

/* Room is taken at once: a disk that is full later cannot end us. */
static int map(struct figures_page **page, int fd, struct error *err)
{
	void *room;
	int failed = posix_fallocate(fd, 0, sizeof(**page));

	if (failed)
		return error_set(err, ERROR_SYSTEM, "make a file of figures: %s",
				 strerror(failed));
	room = mmap(NULL, sizeof(**page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (room == MAP_FAILED)
		return error_errno(err, "map a file of figures");
	*page = room;
	return 0;
}

static void begin(struct figures_page *page)
{
	memset(page, 0, sizeof(*page));
	memcpy(page->magic, MAGIC, sizeof(page->magic));
	page->size = sizeof(*page);
}

static int open_totals(struct figures_page **totals, int dir, struct error *err)
{
	auto_close int fd = openat(dir, "totals", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return error_errno(err, "open 'spool/routers/totals'");
	if (map(totals, fd, err) < 0)
		return -1;
	if (!figures_is_page(*totals)) {
		begin(*totals);
		(*totals)->start_ms = date_now_ms();
	}
	return 0;
}

/* Should we die in the middle some counts are lost, and none is there twice. */
static void fold(struct figures_page *totals, int dir, const char *name,
		 const struct figures_page *page)
{
	if (figures_is_page(page) && !str_equal(totals->folded, name)) {
		memcpy(totals->folded, name, UUID_LEN);
		figures_merge(totals, page, false);
	}
	(void)unlinkat(dir, name, 0);
}

static void fold_if_dead(struct figures_page *totals, int dir, const char *name)
{
	auto_close int fd = openat(dir, name, O_RDWR | O_CLOEXEC);
	struct figures_page *page = NULL;
	struct error err = { 0 };

	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0)
		return;
	if (map(&page, fd, &err) < 0)
		return;
	fold(totals, dir, name, page);
	unmap(page);
}

static int fold_dead(int dir, struct error *err)
{
	auto_names struct names names = NAMES_EMPTY;
	struct figures_page *totals = NULL;
	size_t i;

	if (names_read(&names, dir, err) < 0)
		return -1;
	if (!names.count)
		return 0;
	if (open_totals(&totals, dir, err) < 0)
		return -1;
	for (i = 0; i < names.count; i++)
		fold_if_dead(totals, dir, names.list[i]);
	unmap(totals);
	return 0;
}

static int make_own(struct figures *figures, struct error *err)
{
	struct uuid_source ids = { 0, 0 };

	uuid_next(figures->name, &ids, date_now_ms());
	figures->fd = openat(figures->dir, figures->name,
			     O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (figures->fd < 0 || flock(figures->fd, LOCK_EX) < 0)
		return error_errno(err, "make 'spool/routers/%s'", figures->name);
	if (map(&figures->page, figures->fd, err) < 0)
		return -1;
	begin(figures->page);
	(void)snprintf(figures->page->version, sizeof(figures->page->version), "%s",
		       HOOKTOOLS_VERSION);
	figures->page->start_ms = date_now_ms();
	figures->page->pid = getpid();
	return 0;
}

/* Who was stopped while it had the lock holds up nobody: the next router does it. */
static bool lock_soon(int *lock, int dir)
{
	const struct timespec pause = { 0, 10000000 };
	auto_close int fd = openat(dir, ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	unsigned tries;

	for (tries = 0; fd >= 0 && tries < LOCK_TRIES; tries++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
			*lock = steal_fd(&fd);
			return true;
		}
		(void)nanosleep(&pause, NULL);
	}
	return false;
}

static int open_all(struct figures *figures, const char *state, struct error *err)
{
	auto_free char *path = str_format("%s/spool/routers", state);
	auto_close int lock = -1;

	if (file_make_dirs(path, 0700, err) < 0 ||
	    file_open_dir(&figures->dir, AT_FDCWD, path, err) < 0)
		return -1;
	if (lock_soon(&lock, figures->dir) && fold_dead(figures->dir, err) < 0)
		return -1;
	return make_own(figures, err);
}

void figures_open(struct figures *figures, const char *state)
{
	struct error err = { 0 };

	if (open_all(figures, state, &err) < 0)
		log_warning("%s, ignoring: status and metrics will not know this router",
			    err.message);
}

void figures_close(struct figures *figures)
{
	struct figures_page *totals = NULL;
	auto_close int lock = -1;
	struct error err = { 0 };

	/* If this cannot be done now the next router does it. */
	if (figures->page && lock_soon(&lock, figures->dir) &&
	    open_totals(&totals, figures->dir, &err) == 0) {
		fold(totals, figures->dir, figures->name, figures->page);
		unmap(totals);
	}
	if (figures->page)
		unmap(figures->page);
	cleanup_close(&figures->fd);
	cleanup_close(&figures->dir);
	*figures = (struct figures)FIGURES_NONE;
}
