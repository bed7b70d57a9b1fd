#include "bin/hookroute/consumer_down.h"

#include "bin/hookroute/consumer.h"
#include "lib/log.h"

enum {
	FAILURES_MAX = 8, /* in a row: then it is down */
	PROBE_MS = 1000,
	PROBE_MAX_MS = 60000,
	SLOW_MS = 500,
};

static const struct reply is_down = { CONSUMER_BUSY, "the consumer is down", 0 };
static const struct reply is_gone = { CONSUMER_BUSY, "the consumer's file is gone", 0 };
static const struct reply is_busy = { CONSUMER_BUSY, "the consumer is busy", 0 };

static bool has_probe(const struct consumer *consumer)
{
	return consumer->sent.first || consumer->waiting.first;
}

bool consumer_down_refuses(struct consumer *consumer, struct consumer_value *value,
			   int64_t now_ms)
{
	if (consumer->is_gone)
		value->settled(value, &is_gone);
	else if (consumer->down && (has_probe(consumer) || now_ms < consumer->probe_ms))
		value->settled(value, &is_down);
	else if (consumer->kept.count && (consumer->waiting.count >= consumer->ahead ||
					  consumer_is_stalled(consumer, now_ms)))
		value->settled(value, &is_busy);
	else
		return false;
	return true;
}

size_t consumer_wants(const struct consumer *consumer, int64_t now_ms)
{
	if (!consumer->kept.count || consumer->is_gone)
		return 0;
	if (consumer->down)
		return !has_probe(consumer) && now_ms >= consumer->probe_ms;
	if (consumer->waiting.count > consumer->ahead / 2 ||
	    consumer_is_stalled(consumer, now_ms))
		return 0;
	return consumer->ahead - consumer->waiting.count;
}

int64_t consumer_probe_ms(const struct consumer *consumer)
{
	if (!consumer->down || consumer->is_gone || !consumer->kept.count ||
	    has_probe(consumer))
		return INT64_MAX;
	return consumer->probe_ms;
}

void consumer_down(struct consumer *consumer, int64_t now_ms)
{
	int64_t delay_ms = consumer->down ? consumer->probe_delay_ms * 2 : PROBE_MS;

	if (!consumer->down)
		log_warning("%s: it is down, it gets one value now and then",
			    consumer->name);
	consumer->down = true;
	consumer->probe_delay_ms = delay_ms < PROBE_MAX_MS ? delay_ms : PROBE_MAX_MS;
	consumer->probe_ms = now_ms + consumer->probe_delay_ms;
	if (consumer->probe_ms < consumer->start_ms)
		consumer->probe_ms = consumer->start_ms;
	consumer_queue_settle(&consumer->waiting, 0, &is_down);
}

void consumer_down_gone(struct consumer *consumer)
{
	consumer_queue_settle(&consumer->waiting, 0, &is_gone);
}

static void go_up(struct consumer *consumer)
{
	consumer->failures = 0;
	if (!consumer->down)
		return;
	log_notice("%s: it is up again, %zu events were kept back for it", consumer->name,
		   consumer->kept.count);
	consumer->down = false;
}

void consumer_down_note(struct consumer *consumer, const struct reply *reply,
			int64_t now_ms)
{
	if (reply->verdict != CONSUMER_TEMPORARY) {
		go_up(consumer);
		return;
	}
	consumer->failures++;
	/* What it has got already is still answered, and no probe. */
	if (consumer->down ? !consumer->sent.first : consumer->failures >= FAILURES_MAX)
		consumer_down(consumer, now_ms);
}

bool consumer_is_slow(const struct consumer *consumer, int64_t now_ms)
{
	const struct consumer_value *first =
		consumer->sent.first ? consumer->sent.first : consumer->waiting.first;

	return consumer->waiting.count > consumer->ahead / 2 &&
	       now_ms - first->added_ms >= SLOW_MS;
}

void consumer_relieve(struct consumer *consumer, int64_t now_ms)
{
	size_t few = consumer_is_stalled(consumer, now_ms) ? 0 : consumer->ahead / 2;

	consumer_queue_settle(&consumer->waiting, few, &is_busy);
}
