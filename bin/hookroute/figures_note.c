#include <stdio.h>
#include <string.h>

#include "bin/hookroute/consumer.h"
#include "bin/hookroute/dispatch.h"
#include "bin/hookroute/figures.h"
#include "bin/hookroute/work.h"
#include "lib/str.h"

static void set_text(char text[static FIGURES_TEXT], const char *from)
{
	(void)snprintf(text, FIGURES_TEXT, "%s", from ? from : "");
}

struct figures_consumer *figures_consumer(struct figures_page *page, const char *name)
{
	size_t i;

	for (i = 0; i < FIGURES_CONSUMERS; i++) {
		struct figures_consumer *consumer = &page->consumers[i];

		if (!consumer->name[0])
			(void)snprintf(consumer->name, FIGURES_NAME, "%s", name);
		if (strncmp(consumer->name, name, FIGURES_NAME - 1) == 0)
			return consumer;
	}
	return NULL;
}

static void observe(struct figures_consumer *consumer, int64_t ms)
{
	uint64_t took_ms = ms > 0 ? (uint64_t)ms : 0;
	size_t i = 0;

	while (i < FIGURES_BOUNDS && took_ms > figures_bounds[i])
		i++;
	consumer->times[i]++;
	consumer->times_sum_ms += took_ms;
}

void figures_settled(const struct figures *figures, const struct parcel *parcel,
		     const struct reply *reply, int64_t now_ms)
{
	struct figures_consumer *consumer;

	if (!figures || !figures->page || !parcel->consumer)
		return;
	consumer = figures_consumer(figures->page, parcel->consumer->name);
	if (!consumer)
		return;
	consumer->replies[reply->verdict]++;
	if (parcel->given_ms && reply->verdict != CONSUMER_BUSY)
		observe(consumer, now_ms - parcel->given_ms);
	if (reply->verdict != CONSUMER_TEMPORARY && reply->verdict != CONSUMER_PERMANENT)
		return;
	consumer->error_ms = now_ms;
	set_text(consumer->error, reply->message);
}

static int64_t oldest_of(const struct consumer *consumer)
{
	const struct consumer_value *sent = consumer->sent.first;
	const struct consumer_value *waiting = consumer->waiting.first;

	if (sent && waiting)
		return sent->added_ms < waiting->added_ms ? sent->added_ms
							  : waiting->added_ms;
	if (sent)
		return sent->added_ms;
	return waiting ? waiting->added_ms : 0;
}

static void note_consumer(struct figures_page *page, const struct consumer *consumer,
			  int64_t now_ms)
{
	struct figures_consumer *figures = figures_consumer(page, consumer->name);

	if (!figures)
		return;
	figures->pid = consumer->to >= 0 ? consumer->process.pid : 0;
	figures->in_flight = consumer->sent.count;
	figures->waiting = consumer->waiting.count;
	figures->kept = consumer->kept.count;
	figures->down = consumer->down;
	figures->oldest_ms = oldest_of(consumer);
	figures->starts = consumer->starts;
	if (figures->ends == consumer->ends)
		return;
	figures->ends = consumer->ends;
	figures->error_ms = now_ms;
	set_text(figures->error, consumer->trouble);
}

void figures_note(const struct figures *figures, const struct dispatch *dispatch,
		  int64_t now_ms)
{
	struct figures_page *page = figures->page;
	const struct consumer *consumer;

	if (!page)
		return;
	page->events = dispatch->events;
	page->delivered = dispatch->delivered;
	page->deferred = dispatch->deferred;
	page->dead = dispatch->dead;
	page->events_open = dispatch->events_open;
	page->stopping = dispatch->stopping;
	for (consumer = dispatch->consumers; consumer; consumer = consumer->next)
		note_consumer(page, consumer, now_ms);
}

void figures_routes(const struct figures *figures, size_t count, const char *message,
		    int64_t now_ms)
{
	struct figures_page *page = figures->page;

	if (!page)
		return;
	set_text(page->refused, message);
	page->refused_ms = message ? now_ms : 0;
	if (message)
		return;
	page->routes = count;
	page->routes_ms = now_ms;
}

static void merge_consumer(struct figures_consumer *into,
			   const struct figures_consumer *from, bool is_alive)
{
	size_t i;

	for (i = 0; i < FIGURES_VERDICTS; i++)
		into->replies[i] += from->replies[i];
	for (i = 0; i <= FIGURES_BOUNDS; i++)
		into->times[i] += from->times[i];
	into->times_sum_ms += from->times_sum_ms;
	into->starts += from->starts;
	into->ends += from->ends;
	if (from->error_ms > into->error_ms) {
		into->error_ms = from->error_ms;
		memcpy(into->error, from->error, FIGURES_TEXT);
		into->error[FIGURES_TEXT - 1] = '\0';
	}
	if (!is_alive)
		return;
	into->pid = from->pid ? from->pid : into->pid;
	into->in_flight += from->in_flight;
	into->waiting += from->waiting;
	into->kept += from->kept;
	into->down |= from->down;
	if (from->oldest_ms && (!into->oldest_ms || from->oldest_ms < into->oldest_ms))
		into->oldest_ms = from->oldest_ms;
}

void figures_merge(struct figures_page *into, const struct figures_page *from,
		   bool is_alive)
{
	size_t i;

	into->events += from->events;
	into->delivered += from->delivered;
	into->deferred += from->deferred;
	into->dead += from->dead;
	if (is_alive)
		into->events_open += from->events_open;
	for (i = 0; i < FIGURES_CONSUMERS && from->consumers[i].name[0]; i++) {
		char name[FIGURES_NAME];
		struct figures_consumer *consumer;

		memcpy(name, from->consumers[i].name, sizeof(name));
		name[sizeof(name) - 1] = '\0';
		consumer = figures_consumer(into, name);
		if (consumer)
			merge_consumer(consumer, &from->consumers[i], is_alive);
	}
}
