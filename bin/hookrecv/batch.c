#include "bin/hookrecv/batch.h"

#include <string.h>

#include "bin/hookrecv/answer.h"
#include "bin/hookrecv/intake.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/spool.h"

void batch_add(struct batch *batch, const struct batch_item *item)
{
	batch->items[batch->count++] = *item;
	if (batch->count == BATCH_MAX)
		batch_commit(batch);
}

static bool is_large(const struct batch_item *item)
{
	return intake_is_large(item->intake);
}

static enum batch_fate fate_of(struct seen *seen, struct batch_item *item)
{
	enum seen_answer answer = SEEN_NEW;

	if (item->entry.delivery)
		answer = seen_enter(seen, &item->entry);
	if (answer == SEEN_ELSEWHERE)
		return BATCH_ELSEWHERE;
	return answer == SEEN_NEW ? BATCH_NEW : BATCH_DUPLICATE;
}

/* What is new and small goes into one file, which bears the first one's id. */
static void gather(struct batch *batch)
{
	size_t i;

	seen_hold(batch->seen);
	for (i = 0; i < batch->count; i++) {
		struct batch_item *item = &batch->items[i];
		const char *first = batch->lines.len && !is_large(item) ? batch->file
									: item->entry.id;

		memcpy(item->entry.file, first, UUID_LEN);
		item->fate = fate_of(batch->seen, item);
		memcpy(item->event_id, item->entry.id, UUID_LEN);
		if (item->fate != BATCH_NEW || is_large(item))
			continue;
		if (!batch->lines.len)
			memcpy(batch->file, item->entry.id, UUID_LEN);
		buf_add(&batch->lines, item->intake->line.data, item->intake->line.len);
	}
	seen_release(batch->seen);
}

static void settle(struct batch *batch, struct batch_item *item, bool stored)
{
	if (!item->entry.delivery)
		return;
	if (stored)
		seen_stored(batch->seen, &item->entry);
	else
		seen_forget(batch->seen, &item->entry);
}

/* One that repeats an event of this batch shares its fate. */
static void answer(struct batch *batch, struct batch_item *item, bool stored)
{
	bool duplicate =
		item->fate == BATCH_DUPLICATE && seen_has(batch->seen, &item->entry);

	if (duplicate)
		answer_duplicate(item->exchange, item->entry.id);
	else if (stored)
		answer_accepted(item->exchange, item->entry.id);
	else
		answer_unavailable(item->exchange);
}

static bool publish(struct batch *batch)
{
	int64_t begun_us = metrics_clock(&batch->metrics);
	struct error err = { 0 };

	if (spool_put(batch->spool, batch->file, batch->lines.data, batch->lines.len,
		      &err) == 0) {
		metrics_sync(&batch->metrics, batch->count, begun_us);
		return true;
	}
	log_error("%s; %zu events were refused", err.message, batch->count);
	return false;
}

static bool publish_large(const struct batch *batch, struct batch_item *item)
{
	int64_t begun_us = metrics_clock(&batch->metrics);
	struct error err = { 0 };

	if (spool_file_publish(&item->intake->file, &err) == 0) {
		metrics_sync(&batch->metrics, 1, begun_us);
		return true;
	}
	log_error("%s; the event was refused", err.message);
	return false;
}

void batch_commit(struct batch *batch)
{
	bool stored[BATCH_MAX] = { false };
	bool small;
	size_t i;

	gather(batch);
	small = batch->lines.len == 0 || publish(batch);
	for (i = 0; i < batch->count; i++) {
		struct batch_item *item = &batch->items[i];

		if (item->fate == BATCH_NEW)
			stored[i] = is_large(item) ? publish_large(batch, item) : small;
	}
	seen_hold(batch->seen);
	for (i = 0; i < batch->count; i++) {
		if (batch->items[i].fate == BATCH_NEW)
			settle(batch, &batch->items[i], stored[i]);
	}
	for (i = 0; i < batch->count; i++)
		answer(batch, &batch->items[i], stored[i]);
	seen_release(batch->seen);
	batch->count = 0;
	buf_clear(&batch->lines);
}
