#include "bin/hookroute/metrics_write.h"

#include "bin/hookroute/figures_read.h"
#include "bin/hookroute/reply.h"
#include "lib/buf.h"

enum { THOUSAND = 1000 };

static void begin(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_add_format(out, "# HELP hookroute_%s %s\n# TYPE hookroute_%s %s\n", name,
		       help, name, type);
}

static void write_one(struct buf *out, const char *name, const char *type,
		      const char *help, uint64_t value)
{
	begin(out, name, type, help);
	buf_add_format(out, "hookroute_%s %ju\n", name, (uintmax_t)value);
}

static void add_seconds(struct buf *out, uint64_t ms)
{
	buf_add_format(out, "%ju.%03ju", (uintmax_t)(ms / THOUSAND),
		       (uintmax_t)(ms % THOUSAND));
}

/* Its name is a file's, and needs no escapes. */
static void add_label(struct buf *out, const struct figures_consumer *consumer)
{
	buf_add_format(out, "consumer=\"%s\"", consumer->name);
}

/* A number of a consumer, from its place in the table below. */
enum field { RESTARTS, STARTS, UP, RUNNING, IN_FLIGHT, WAITING, KEPT };

static uint64_t value_of(const struct figures_consumer *consumer, enum field field)
{
	const uint64_t values[] = {
		[RESTARTS] = consumer->ends,
		[STARTS] = consumer->starts,
		[UP] = !consumer->down,
		[RUNNING] = consumer->pid != 0,
		[IN_FLIGHT] = consumer->in_flight,
		[WAITING] = consumer->waiting,
		[KEPT] = consumer->kept,
	};

	return values[field];
}

static const struct {
	enum field field;
	const char *name;
	const char *type;
	const char *help;
} fields[] = {
	{ RESTARTS, "consumer_restarts_total", "counter",
	  "Times that a consumer ended or was killed without having been asked to." },
	{ STARTS, "consumer_starts_total", "counter", "Times that it was started." },
	{ UP, "consumer_up", "gauge", "0 while it gets one value now and then." },
	{ RUNNING, "consumer_running", "gauge", "Does its process run?" },
	{ IN_FLIGHT, "consumer_in_flight", "gauge", "Values that it has to answer." },
	{ WAITING, "consumer_waiting", "gauge", "Values that wait for it in memory." },
	{ KEPT, "consumer_kept_back", "gauge", "Events in defer/ until it is up." },
};

static const struct figures_consumer *next(const struct figures_all *figures, size_t i)
{
	const struct figures_consumer *consumer = &figures->all.consumers[i];

	return i < FIGURES_CONSUMERS && consumer->name[0] ? consumer : NULL;
}

static void write_fields(struct buf *out, const struct figures_all *figures)
{
	const struct figures_consumer *consumer;
	size_t field;
	size_t i;

	for (field = 0; field < sizeof(fields) / sizeof(fields[0]); field++) {
		begin(out, fields[field].name, fields[field].type, fields[field].help);
		for (i = 0; (consumer = next(figures, i)); i++) {
			buf_add_format(out, "hookroute_%s{", fields[field].name);
			add_label(out, consumer);
			buf_add_format(
				out, "} %ju\n",
				(uintmax_t)value_of(consumer, fields[field].field));
		}
	}
}

static void write_replies(struct buf *out, const struct figures_all *figures)
{
	static const char *const outcomes[FIGURES_VERDICTS] = {
		[CONSUMER_OK] = "ok",
		[CONSUMER_TEMPORARY] = "temporary",
		[CONSUMER_PERMANENT] = "permanent",
		[CONSUMER_BUSY] = "busy",
	};
	const struct figures_consumer *consumer;
	size_t verdict;
	size_t i;

	begin(out, "tries_total", "counter",
	      "Deliveries by what became of them; busy: kept back and not tried.");
	for (i = 0; (consumer = next(figures, i)); i++) {
		for (verdict = 0; verdict < FIGURES_VERDICTS; verdict++) {
			buf_add_str(out, "hookroute_tries_total{");
			add_label(out, consumer);
			buf_add_format(out, ",outcome=\"%s\"} %ju\n", outcomes[verdict],
				       (uintmax_t)consumer->replies[verdict]);
		}
	}
}

static void write_histogram(struct buf *out, const struct figures_consumer *consumer)
{
	uint64_t count = 0;
	size_t i;

	for (i = 0; i <= FIGURES_BOUNDS; i++) {
		count += consumer->times[i];
		buf_add_str(out, "hookroute_reply_seconds_bucket{");
		add_label(out, consumer);
		buf_add_str(out, ",le=\"");
		if (i < FIGURES_BOUNDS)
			add_seconds(out, figures_bounds[i]);
		else
			buf_add_str(out, "+Inf");
		buf_add_format(out, "\"} %ju\n", (uintmax_t)count);
	}
	buf_add_str(out, "hookroute_reply_seconds_sum{");
	add_label(out, consumer);
	buf_add_str(out, "} ");
	add_seconds(out, consumer->times_sum_ms);
	buf_add_str(out, "\nhookroute_reply_seconds_count{");
	add_label(out, consumer);
	buf_add_format(out, "} %ju\n", (uintmax_t)count);
}

static void write_times(struct buf *out, const struct figures_all *figures,
			int64_t now_ms)
{
	const struct figures_consumer *consumer;
	size_t i;

	begin(out, "reply_seconds", "histogram", "From a value to its reply.");
	for (i = 0; (consumer = next(figures, i)); i++)
		write_histogram(out, consumer);
	begin(out, "consumer_oldest_seconds", "gauge",
	      "How long the oldest value in memory has waited for its reply.");
	for (i = 0; (consumer = next(figures, i)); i++) {
		int64_t age_ms = consumer->oldest_ms ? now_ms - consumer->oldest_ms : 0;

		buf_add_str(out, "hookroute_consumer_oldest_seconds{");
		add_label(out, consumer);
		buf_add_str(out, "} ");
		add_seconds(out, age_ms > 0 ? (uint64_t)age_ms : 0);
		buf_add_char(out, '\n');
	}
}

static void write_queues(struct buf *out, const struct figures_all *figures,
			 int64_t now_ms)
{
	size_t i;

	begin(out, "spool_files", "gauge", "Files of the spool by state.");
	for (i = 0; i < FIGURES_STATES; i++)
		buf_add_format(out, "hookroute_spool_files{state=\"%s\"} %zu\n",
			       spool_state_name(figures_states[i]),
			       figures->queues[figures_states[i]].files);
	begin(out, "spool_oldest_seconds", "gauge", "Age of the oldest of them.");
	for (i = 0; i < FIGURES_STATES; i++) {
		int64_t oldest_ms = figures->queues[figures_states[i]].oldest_ms;
		int64_t age_ms = oldest_ms ? now_ms - oldest_ms : 0;

		buf_add_format(out, "hookroute_spool_oldest_seconds{state=\"%s\"} ",
			       spool_state_name(figures_states[i]));
		add_seconds(out, age_ms > 0 ? (uint64_t)age_ms : 0);
		buf_add_char(out, '\n');
	}
}

static void write_routers(struct buf *out, const struct figures_all *figures)
{
	uint64_t refused = 0;
	uint64_t routes = 0;
	size_t i;

	for (i = 0; i < figures->count; i++) {
		refused += figures->routers[i].refused_ms != 0;
		if (figures->routers[i].routes > routes)
			routes = figures->routers[i].routes;
	}
	write_one(out, "routers", "gauge", "Routers that run.", figures->count);
	write_one(out, "routers_with_old_routes", "gauge",
		  "Routers that go on with their old routes, for the new ones are wrong.",
		  refused);
	write_one(out, "routes", "gauge", "Route files in force.", routes);
}

void metrics_write(struct buf *out, const struct figures_all *figures, int64_t now_ms)
{
	begin(out, "build_info", "gauge", "The version of the program; always 1.");
	buf_add_str(out, "hookroute_build_info{version=\"" HOOKTOOLS_VERSION "\"} 1\n");
	write_routers(out, figures);
	write_one(out, "events_total", "counter", "Events that were dealt with.",
		  figures->all.events);
	write_one(out, "delivered_total", "counter", "Deliveries that were taken.",
		  figures->all.delivered);
	write_one(out, "deferred_total", "counter",
		  "Deliveries that were put aside for another try.",
		  figures->all.deferred);
	write_one(out, "dead_total", "counter", "Deliveries that were given up.",
		  figures->all.dead);
	write_one(out, "events_under_way", "gauge", "Events that routers work on.",
		  figures->all.events_open);
	write_replies(out, figures);
	write_fields(out, figures);
	write_times(out, figures, now_ms);
	write_queues(out, figures, now_ms);
}
