#include "bin/hookrecv/batch.h"

#include <string.h>

#include "bin/hookrecv/answer.h"
#include "bin/hookrecv/intake.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/spool.h"

const char *batch_file(const struct batch *batch, const char *id)
{
	return batch->lines.len ? batch->file : id;
}

void batch_add(struct batch *batch, const struct batch_item *item, struct str_view line)
{
	if (line.len && !batch->lines.len)
		memcpy(batch->file, item->entry.id, UUID_LEN);
	buf_add(&batch->lines, line.data, line.len);
	batch->items[batch->count++] = *item;
	if (batch->count == BATCH_MAX)
		batch_commit(batch);
}

static bool is_known(const struct batch_item *item)
{
	return item->entry.delivery != NULL;
}

static void settle(struct batch *batch, struct batch_item *item, bool stored)
{
	if (is_known(item) && !item->duplicate) {
		if (stored)
			seen_stored(batch->seen, &item->entry);
		else
			seen_forget(batch->seen, &item->entry);
	}
	if (!stored)
		answer_unavailable(item->exchange);
	else if (item->duplicate)
		answer_duplicate(item->exchange, item->entry.id);
	else
		answer_accepted(item->exchange, item->entry.id);
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

	if (spool_file_publish(&item->large->file, &err) == 0) {
		metrics_sync(&batch->metrics, 1, begun_us);
		return true;
	}
	log_error("%s; the event was refused", err.message);
	return false;
}

/* A duplicate shares the fate of the event it repeats. */
static bool fate_of(const struct batch *batch, const bool *stored, size_t of)
{
	size_t i;

	for (i = 0; i < of; i++) {
		if (str_equal(batch->items[i].entry.id, batch->items[of].entry.id))
			return stored[i];
	}
	return false;
}

void batch_commit(struct batch *batch)
{
	bool stored[BATCH_MAX] = { false };
	bool small = batch->lines.len == 0 || publish(batch);
	size_t i;

	for (i = 0; i < batch->count; i++) {
		struct batch_item *item = &batch->items[i];

		if (item->duplicate)
			stored[i] = fate_of(batch, stored, i);
		else
			stored[i] = item->large ? publish_large(batch, item) : small;
	}
	seen_hold(batch->seen);
	for (i = 0; i < batch->count; i++)
		settle(batch, &batch->items[i], stored[i]);
	seen_release(batch->seen);
	batch->count = 0;
	buf_clear(&batch->lines);
}
