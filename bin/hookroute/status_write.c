#include "bin/hookroute/status_write.h"

#include "bin/hookroute/figures_read.h"
#include "bin/hookroute/reply.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/json_write.h"
#include "lib/str.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

/* "3 d", "12 s"; "-" for a time that is none. */
static char *age_of(int64_t then_ms, int64_t now_ms)
{
	int64_t age_ms = now_ms > then_ms ? now_ms - then_ms : 0;

	if (!then_ms)
		return str_dup("-");
	if (age_ms >= 2 * DAY)
		return str_format("%jd d", (intmax_t)(age_ms / DAY));
	if (age_ms >= 2 * HOUR)
		return str_format("%jd h", (intmax_t)(age_ms / HOUR));
	if (age_ms >= 2 * MINUTE)
		return str_format("%jd min", (intmax_t)(age_ms / MINUTE));
	return str_format("%jd s", (intmax_t)(age_ms / SECOND));
}

static const char *state_of(const struct figures_consumer *consumer)
{
	if (consumer->down)
		return "down";
	return consumer->pid ? "running" : "idle";
}

static void write_router(struct buf *out, const struct figures_page *page)
{
	char start[DATE_LEN];
	char routes[DATE_LEN];
	char refused[DATE_LEN];

	date_format(start, page->start_ms);
	date_format(routes, page->routes_ms);
	date_format(refused, page->refused_ms);
	buf_add_format(out,
		       "router %jd since %s, version %s%s\n"
		       "  %ju routes, read %s; %ju events under way, %ju done\n",
		       (intmax_t)page->pid, start, page->version,
		       page->stopping ? ", stopping" : "", (uintmax_t)page->routes,
		       routes, (uintmax_t)page->events_open, (uintmax_t)page->events);
	if (page->refused_ms)
		buf_add_format(out, "  refused the routes %s: %s\n", refused,
			       page->refused);
}

static void add_ms(struct buf *out, int64_t ms)
{
	if (ms < 0)
		buf_add_format(out, "%8s", "-");
	else
		buf_add_format(out, "%8jd", (intmax_t)ms);
}

static void write_consumer(struct buf *out, const struct figures_consumer *consumer,
			   int64_t now_ms)
{
	auto_free char *oldest = age_of(consumer->oldest_ms, now_ms);
	char at[DATE_LEN];

	buf_add_format(out, "%-16s %-8s%8ju%8ju%8ju%10ju%10ju%10ju%9ju", consumer->name,
		       state_of(consumer), (uintmax_t)consumer->in_flight,
		       (uintmax_t)consumer->waiting, (uintmax_t)consumer->kept,
		       (uintmax_t)consumer->replies[CONSUMER_OK],
		       (uintmax_t)consumer->replies[CONSUMER_TEMPORARY],
		       (uintmax_t)consumer->replies[CONSUMER_PERMANENT],
		       (uintmax_t)consumer->ends);
	add_ms(out, figures_quantile_ms(consumer, 500));
	add_ms(out, figures_quantile_ms(consumer, 950));
	add_ms(out, figures_quantile_ms(consumer, 990));
	buf_add_format(out, "  %s\n", oldest);
	if (!consumer->error_ms)
		return;
	date_format(at, consumer->error_ms);
	buf_add_format(out, "  last error %s: %s\n", at, consumer->error);
}

static void write_consumers(struct buf *out, const struct figures_all *figures,
			    int64_t now_ms)
{
	size_t i;

	buf_add_format(out, "\n%-16s %-8s%8s%8s%8s%10s%10s%10s%9s%8s%8s%8s  %s\n",
		       "CONSUMER", "STATE", "FLIGHT", "WAITING", "KEPT", "OK",
		       "TEMPORARY", "PERMANENT", "RESTARTS", "P50 MS", "P95", "P99",
		       "OLDEST");
	for (i = 0; i < FIGURES_CONSUMERS && figures->all.consumers[i].name[0]; i++)
		write_consumer(out, &figures->all.consumers[i], now_ms);
}

void status_write_text(struct buf *out, const struct figures_all *figures, int64_t now_ms)
{
	size_t i;

	if (!figures->count)
		buf_add_str(out, "no router is running: hookroute run\n");
	for (i = 0; i < figures->count; i++)
		write_router(out, &figures->routers[i]);
	write_consumers(out, figures, now_ms);
	buf_add_format(out, "\n%-8s%8s  %s\n", "QUEUE", "FILES", "OLDEST");
	for (i = 0; i < FIGURES_STATES; i++) {
		const struct figures_queue *queue = &figures->queues[figures_states[i]];
		auto_free char *oldest = age_of(queue->oldest_ms, now_ms);

		buf_add_format(out, "%-8s%8zu  %s\n", spool_state_name(figures_states[i]),
			       queue->files, oldest);
	}
}

static void write_date(struct json_writer *writer, const char *key, int64_t unix_ms)
{
	char date[DATE_LEN];

	if (!unix_ms) {
		json_write_null(writer, key);
		return;
	}
	date_format(date, unix_ms);
	json_write_string(writer, key, date);
}

static void write_ms(struct json_writer *writer, const char *key, int64_t ms)
{
	if (ms < 0)
		json_write_null(writer, key);
	else
		json_write_i64(writer, key, ms);
}

/* A router as JSON. */
static void put_router(struct json_writer *writer, const struct figures_page *page)
{
	json_write_object(writer, NULL);
	json_write_i64(writer, "pid", page->pid);
	json_write_string(writer, "version", page->version);
	write_date(writer, "since", page->start_ms);
	json_write_bool(writer, "stopping", page->stopping);
	json_write_u64(writer, "routes", page->routes);
	write_date(writer, "routes_read_at", page->routes_ms);
	write_date(writer, "routes_refused_at", page->refused_ms);
	json_write_string(writer, "routes_error",
			  page->refused_ms ? page->refused : NULL);
	json_write_u64(writer, "under_way", page->events_open);
	json_write_u64(writer, "events", page->events);
	json_write_u64(writer, "delivered", page->delivered);
	json_write_u64(writer, "deferred", page->deferred);
	json_write_u64(writer, "dead", page->dead);
	json_write_object_end(writer);
}

static void put_consumer(struct json_writer *writer,
			 const struct figures_consumer *consumer, int64_t now_ms)
{
	json_write_object(writer, NULL);
	json_write_string(writer, "name", consumer->name);
	json_write_string(writer, "state", state_of(consumer));
	json_write_u64(writer, "in_flight", consumer->in_flight);
	json_write_u64(writer, "waiting", consumer->waiting);
	json_write_u64(writer, "kept_back", consumer->kept);
	write_ms(writer, "oldest_ms",
		 consumer->oldest_ms ? now_ms - consumer->oldest_ms : -1);
	json_write_u64(writer, "ok", consumer->replies[CONSUMER_OK]);
	json_write_u64(writer, "temporary", consumer->replies[CONSUMER_TEMPORARY]);
	json_write_u64(writer, "permanent", consumer->replies[CONSUMER_PERMANENT]);
	json_write_u64(writer, "busy", consumer->replies[CONSUMER_BUSY]);
	json_write_u64(writer, "starts", consumer->starts);
	json_write_u64(writer, "restarts", consumer->ends);
	write_ms(writer, "p50_ms", figures_quantile_ms(consumer, 500));
	write_ms(writer, "p95_ms", figures_quantile_ms(consumer, 950));
	write_ms(writer, "p99_ms", figures_quantile_ms(consumer, 990));
	write_date(writer, "last_error_at", consumer->error_ms);
	json_write_string(writer, "last_error",
			  consumer->error_ms ? consumer->error : NULL);
	json_write_object_end(writer);
}

void status_write_json(struct buf *out, const struct figures_all *figures, int64_t now_ms)
{
	struct json_writer writer = JSON_WRITER(out);
	size_t i;

	json_write_object(&writer, NULL);
	json_write_array(&writer, "routers");
	for (i = 0; i < figures->count; i++)
		put_router(&writer, &figures->routers[i]);
	json_write_array_end(&writer);
	json_write_array(&writer, "consumers");
	for (i = 0; i < FIGURES_CONSUMERS && figures->all.consumers[i].name[0]; i++)
		put_consumer(&writer, &figures->all.consumers[i], now_ms);
	json_write_array_end(&writer);
	json_write_object(&writer, "queues");
	for (i = 0; i < FIGURES_STATES; i++) {
		const struct figures_queue *queue = &figures->queues[figures_states[i]];

		json_write_object(&writer, spool_state_name(figures_states[i]));
		json_write_u64(&writer, "files", queue->files);
		write_ms(&writer, "oldest_ms",
			 queue->oldest_ms ? now_ms - queue->oldest_ms : -1);
		json_write_object_end(&writer);
	}
	json_write_object_end(&writer);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}
