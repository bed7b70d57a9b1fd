#include <stdio.h>

#include "bin/hookrecv/metrics.h"
#include "bin/hookrecv/metrics_names.h"
#include "lib/buf.h"

enum { MILLION = 1000000 };

static uint64_t load(const _Atomic uint64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

static void begin(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_add_format(out, "# HELP hookrecv_%s %s\n# TYPE hookrecv_%s %s\n", name, help,
		       name, type);
}

/* One number without labels. */
static void write_one(struct buf *out, const char *name, const char *type,
		      const char *help, uint64_t value)
{
	begin(out, name, type, help);
	buf_add_format(out, "hookrecv_%s %ju\n", name, (uintmax_t)value);
}

/* "0.0025": microseconds as seconds, without zeros at the end. */
static void add_seconds(struct buf *out, uint64_t us)
{
	buf_add_format(out, "%ju.%06ju", (uintmax_t)(us / MILLION),
		       (uintmax_t)(us % MILLION));
	while (out->data[out->len - 1] == '0')
		buf_cut(out, out->len - 1);
	if (out->data[out->len - 1] == '.')
		buf_cut(out, out->len - 1);
}

static void add_number(struct buf *out, uint64_t number, bool is_time)
{
	if (is_time)
		add_seconds(out, number);
	else
		buf_add_format(out, "%ju", (uintmax_t)number);
}

static void write_histogram(struct buf *out, const char *name,
			    const struct metrics_histogram *histogram, bool is_time)
{
	const uint64_t *bounds = is_time ? metrics_times : metrics_sizes;
	uint64_t count = 0;
	size_t i;

	for (i = 0; i < METRICS_BOUNDS; i++) {
		count += load(&histogram->counts[i]);
		buf_add_format(out, "hookrecv_%s_bucket{le=\"", name);
		add_number(out, bounds[i], is_time);
		buf_add_format(out, "\"} %ju\n", (uintmax_t)count);
	}
	count += load(&histogram->counts[METRICS_BOUNDS]);
	buf_add_format(out, "hookrecv_%s_bucket{le=\"+Inf\"} %ju\nhookrecv_%s_sum ", name,
		       (uintmax_t)count, name);
	add_number(out, load(&histogram->sum), is_time);
	buf_add_format(out, "\nhookrecv_%s_count %ju\n", name, (uintmax_t)count);
}

/* Of what never happened there is no line: fifteen providers by as many verdicts. */
static void write_requests(struct buf *out, const struct metrics_page *page)
{
	size_t row;
	size_t column;

	begin(out, "requests_total", "counter",
	      "Requests that are over, by the hook's provider and what became of them.");
	for (row = 0; row < METRICS_PROVIDERS; row++) {
		for (column = 0; column < METRICS_VERDICTS; column++) {
			uint64_t count = load(&page->requests[row][column]);

			if (count)
				buf_add_format(out,
					       "hookrecv_requests_total{provider=\"%s\","
					       "verdict=\"%s\"} %ju\n",
					       metrics_provider_name(row),
					       metrics_verdict_name(column),
					       (uintmax_t)count);
		}
	}
}

static void write_bytes(struct buf *out, const struct metrics_page *page)
{
	size_t row;

	begin(out, "body_bytes_total", "counter", "Bytes of bodies that were taken in.");
	for (row = 0; row < METRICS_PROVIDERS; row++) {
		uint64_t count = load(&page->bytes[row]);

		if (count)
			buf_add_format(out,
				       "hookrecv_body_bytes_total{provider=\"%s\"} %ju\n",
				       metrics_provider_name(row), (uintmax_t)count);
	}
}

void metrics_write(struct buf *out, const struct metrics *metrics,
		   const struct metrics_now *now)
{
	const struct metrics_page *page = metrics->page;

	begin(out, "build_info", "gauge", "The version of the program; always 1.");
	buf_add_str(out, "hookrecv_build_info{version=\"" HOOKTOOLS_VERSION "\"} 1\n");
	write_one(out, "start_time_seconds", "gauge", "When the server started.",
		  (uint64_t)page->start_ms / 1000);
	write_requests(out, page);
	write_bytes(out, page);
	begin(out, "answer_seconds", "histogram",
	      "From the body's last byte to the 202 that says it is on the disk.");
	write_histogram(out, "answer_seconds", &page->answers, true);
	begin(out, "sync_seconds", "histogram", "How long a sync of the spool took.");
	write_histogram(out, "sync_seconds", &page->syncs, true);
	begin(out, "sync_events", "histogram", "Events made durable by one sync.");
	write_histogram(out, "sync_events", &page->batches, false);
	write_one(out, "misses_total", "counter", "Wrong hooks and bad signatures.",
		  load(&page->misses));
	write_one(out, "bans_total", "counter", "Senders that were banned.",
		  load(&page->bans));
	write_one(out, "banned_senders", "gauge", "Senders that are banned now.",
		  now->banned);
	write_one(out, "hooks", "gauge", "Hooks that are registered.", now->hooks);
	write_one(out, "spool_free_bytes", "gauge",
		  "Room for events on the spool's file system.", now->free_bytes);
	write_one(out, "spool_free_inodes", "gauge",
		  "Room for files on the spool's file system.", now->free_inodes);
}
