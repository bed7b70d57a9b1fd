#include "bin/hookroute/figures_read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "bin/hookroute/names.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/str.h"

const enum spool_state figures_states[FIGURES_STATES] = { SPOOL_NEW, SPOOL_CUR,
							  SPOOL_DEFER, SPOOL_HOLD,
							  SPOOL_DEAD };

static void keep(struct figures_all *figures, const struct figures_page *page)
{
	size_t bytes = (figures->count + 1) * sizeof(*page);

	figures->routers = realloc(figures->routers, bytes);
	if (!figures->routers)
		abort();
	figures->routers[figures->count++] = *page;
}

/* One that is not whole is of another version, or was just begun. */
static void read_page(struct figures_all *figures, int dir, const char *name)
{
	auto_close int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	struct figures_page *page = &figures->page;
	bool is_alive;

	if (fd < 0 || pread(fd, page, sizeof(*page), 0) != (ssize_t)sizeof(*page) ||
	    !figures_is_page(page))
		return;
	page->version[sizeof(page->version) - 1] = '\0';
	page->refused[FIGURES_TEXT - 1] = '\0';
	is_alive = !str_equal(name, "totals") && flock(fd, LOCK_SH | LOCK_NB) < 0;
	figures_merge(&figures->all, page, is_alive);
	if (is_alive)
		keep(figures, page);
}

static int read_pages(struct figures_all *figures, const char *state, struct error *err)
{
	auto_free char *path = str_format("%s/spool/routers", state);
	auto_names struct names names = NAMES_EMPTY;
	auto_close int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_close int lock = -1;
	size_t i;

	if (dir < 0 && errno == ENOENT)
		return 0;
	if (dir < 0)
		return error_errno(err, "open '%s'", path);
	/* So that nobody adds one to the totals just now. */
	if (file_lock(&lock, dir, ".lock", err) < 0 || names_read(&names, dir, err) < 0)
		return -1;
	read_page(figures, dir, "totals");
	for (i = 0; i < names.count; i++)
		read_page(figures, dir, names.list[i]);
	return 0;
}

static int read_queues(struct figures_all *figures, const char *state, struct error *err)
{
	size_t i;

	for (i = 0; i < FIGURES_STATES; i++) {
		auto_free char *path = str_format("%s/spool/%s", state,
						  spool_state_name(figures_states[i]));
		struct figures_queue *queue = &figures->queues[figures_states[i]];
		auto_names struct names names = NAMES_EMPTY;
		auto_close int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (dir < 0 && errno == ENOENT)
			continue;
		if (dir < 0)
			return error_errno(err, "open '%s'", path);
		if (names_read(&names, dir, err) < 0)
			return -1;
		queue->files = names.count;
		queue->oldest_ms = names.count ? uuid_time_ms(names.list[0]) : 0;
	}
	return 0;
}

int figures_read(struct figures_all *figures, const char *state, struct error *err)
{
	if (read_pages(figures, state, err) < 0)
		return -1;
	return read_queues(figures, state, err);
}

void figures_all_free(struct figures_all *figures)
{
	free(figures->routers);
	figures->routers = NULL;
	figures->count = 0;
}

int64_t figures_quantile_ms(const struct figures_consumer *consumer, unsigned permille)
{
	uint64_t count = 0;
	uint64_t below = 0;
	uint64_t low = 0;
	uint64_t rank;
	size_t i;

	for (i = 0; i <= FIGURES_BOUNDS; i++)
		count += consumer->times[i];
	if (!count)
		return -1;
	rank = (count * permille + 999) / 1000;
	for (i = 0; i < FIGURES_BOUNDS; i++) {
		uint64_t width = figures_bounds[i] - low;

		if (below + consumer->times[i] >= rank && consumer->times[i])
			return (int64_t)(low +
					 width * (rank - below) / consumer->times[i]);
		below += consumer->times[i];
		low = figures_bounds[i];
	}
	return (int64_t)low;
}
