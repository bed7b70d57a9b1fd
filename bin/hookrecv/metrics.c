#include "bin/hookrecv/metrics.h"

#include <sys/mman.h>
#include <time.h>

#include "bin/hookrecv/metrics_names.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/str.h"

int metrics_open(struct metrics *metrics, struct error *err)
{
	void *room = mmap(NULL, sizeof(*metrics->page), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (room == MAP_FAILED)
		return error_errno(err, "share the counters");
	metrics->page = room;
	metrics->page->start_ms = date_now_ms();
	return 0;
}

void metrics_close(struct metrics *metrics)
{
	if (metrics->page)
		(void)munmap(metrics->page, sizeof(*metrics->page));
	metrics->page = NULL;
}

int64_t metrics_clock(const struct metrics *metrics)
{
	struct timespec now = { 0, 0 };

	if (!metrics->page)
		return 0;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void add(_Atomic uint64_t *counter, uint64_t number)
{
	atomic_fetch_add_explicit(counter, number, memory_order_relaxed);
}

static void observe(struct metrics_histogram *histogram,
		    const uint64_t bounds[static METRICS_BOUNDS], uint64_t value)
{
	size_t i = 0;

	while (i < METRICS_BOUNDS && value > bounds[i])
		i++;
	add(&histogram->counts[i], 1);
	add(&histogram->sum, value);
}

void metrics_count(const struct metrics *metrics, const struct metrics_request *request)
{
	struct metrics_page *page = metrics->page;
	size_t provider;

	if (!page)
		return;
	provider = metrics_provider(request->provider);
	add(&page->requests[provider][metrics_verdict(request->verdict)], 1);
	add(&page->bytes[provider], request->bytes);
	if (request->complete_us && str_equal(request->verdict, "accepted"))
		observe(&page->answers, metrics_times,
			(uint64_t)(metrics_clock(metrics) - request->complete_us));
}

void metrics_sync(const struct metrics *metrics, size_t events, int64_t begun_us)
{
	if (!metrics->page)
		return;
	observe(&metrics->page->batches, metrics_sizes, events);
	observe(&metrics->page->syncs, metrics_times,
		(uint64_t)(metrics_clock(metrics) - begun_us));
}

void metrics_miss(const struct metrics *metrics, bool banned)
{
	if (!metrics->page)
		return;
	add(&metrics->page->misses, 1);
	add(&metrics->page->bans, banned);
}
