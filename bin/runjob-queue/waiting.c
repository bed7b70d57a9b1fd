#include "bin/runjob-queue/waiting.h"

#include <stddef.h>
#include <string.h>

enum { TABLE_LEAST = 64 };
#define SKIPPED_KEY UINT64_MAX /* no group's */

/* Numbers are indexes plus one, 0 is none. */
struct item {
	struct job_entry entry;
	uint32_t next;
	bool is_leased;
	bool is_skipped;
};

struct line {
	uint64_t key;
	uint32_t first;
	uint32_t last;
};

struct after {
	uint32_t item;
	char id[UUID_LEN];
};

static struct item *item_at(const struct waiting *waiting, uint32_t item)
{
	return (struct item *)(void *)waiting->items.data + (item - 1);
}

static struct line *line_at(const struct waiting *waiting, uint32_t line)
{
	return (struct line *)(void *)waiting->lines.data + (line - 1);
}

uint32_t waiting_make(struct waiting *waiting, const struct job_entry *entry)
{
	struct item made = { .entry = *entry };
	uint32_t number = waiting->unused;

	waiting->count++;
	if (number) {
		waiting->unused = item_at(waiting, number)->next;
		*item_at(waiting, number) = made;
		return number;
	}
	buf_add(&waiting->items, &made, sizeof(made));
	return (uint32_t)(waiting->items.len / sizeof(made));
}

const struct job_entry *waiting_entry(const struct waiting *waiting, uint32_t item)
{
	return &item_at(waiting, item)->entry;
}

void waiting_drop(struct waiting *waiting, uint32_t item)
{
	item_at(waiting, item)->next = waiting->unused;
	waiting->unused = item;
	waiting->count--;
}

static uint64_t order_of(const struct waiting *waiting, uint32_t item)
{
	return item_at(waiting, item)->entry.order_us;
}

/* The place of the key, or the empty one where it belongs. */
static uint32_t *find(const struct waiting *waiting, uint64_t key)
{
	uint32_t *table = (uint32_t *)(void *)waiting->table.data;
	size_t size = waiting->table.len / sizeof(*table);
	size_t at = (key * UINT64_C(0x9E3779B97F4A7C15) >> 20) % size;

	while (table[at] && line_at(waiting, table[at])->key != key)
		at = (at + 1) % size;
	return &table[at];
}

/* At most half of it is in use. */
static void grow_table(struct waiting *waiting)
{
	size_t lines = waiting->lines.len / sizeof(struct line);
	size_t size = waiting->table.len / sizeof(uint32_t);
	uint32_t i;

	if (size && lines * 2 < size)
		return;
	size = size ? size * 2 : TABLE_LEAST;
	buf_clear(&waiting->table);
	memset(buf_room(&waiting->table, size * sizeof(uint32_t)), 0,
	       size * sizeof(uint32_t));
	buf_grew(&waiting->table, size * sizeof(uint32_t));
	for (i = 1; i <= lines; i++)
		*find(waiting, line_at(waiting, i)->key) = i;
}

static bool takes_slot(const struct waiting *waiting, uint32_t item)
{
	return waiting_entry(waiting, item)->takes_slot &&
	       !waiting_is_skipped(waiting, item);
}

static uint32_t find_line(struct waiting *waiting, uint32_t item)
{
	struct line made = { .key = waiting_entry(waiting, item)->group * 2 +
				    takes_slot(waiting, item) };
	uint32_t *place;

	if (waiting_is_skipped(waiting, item))
		made.key = SKIPPED_KEY;

	grow_table(waiting);
	place = find(waiting, made.key);
	if (!*place) {
		buf_add(&waiting->lines, &made, sizeof(made));
		*place = (uint32_t)(waiting->lines.len / sizeof(made));
	}
	return *place;
}

void waiting_line_up(struct waiting *waiting, uint32_t item)
{
	uint32_t number = find_line(waiting, item);
	struct line *line = line_at(waiting, number);
	uint64_t order = order_of(waiting, item);
	uint32_t *place = &line->first;

	/* New ones come last, and what was tried before has its old place near the front. */
	if (line->last && order >= order_of(waiting, line->last))
		place = &item_at(waiting, line->last)->next;
	else
		while (*place && order_of(waiting, *place) <= order)
			place = &item_at(waiting, *place)->next;
	item_at(waiting, item)->next = *place;
	*place = item;
	if (!item_at(waiting, item)->next)
		line->last = item;
	if (line->first == item)
		waiting_return(waiting, number);
}

void waiting_return(struct waiting *waiting, uint32_t line)
{
	uint32_t first = line_at(waiting, line)->first;

	if (first)
		heap_push(&waiting->ready[takes_slot(waiting, first)],
			  order_of(waiting, first), line);
}

bool waiting_next(uint32_t *line, struct waiting *waiting, bool slot)
{
	struct heap_item item = { 0 };

	while (heap_pop(&item, &waiting->ready[slot])) {
		uint32_t first = line_at(waiting, item.value)->first;

		/* Another one came before it since: the line stands there a second time. */
		if (!first || order_of(waiting, first) != item.key)
			continue;
		*line = item.value;
		return true;
	}
	return false;
}

bool waiting_is_ready(const struct waiting *waiting, bool slot)
{
	struct heap_item item = { 0 };

	return heap_first(&item, &waiting->ready[slot]);
}

uint32_t waiting_first(const struct waiting *waiting, uint32_t line)
{
	return line_at(waiting, line)->first;
}

uint32_t waiting_shift(struct waiting *waiting, uint32_t number)
{
	struct line *line = line_at(waiting, number);
	uint32_t first = line->first;

	line->first = item_at(waiting, first)->next;
	if (!line->first)
		line->last = 0;
	return first;
}

void waiting_until(struct waiting *waiting, uint32_t item, uint64_t due_ms)
{
	heap_push(&waiting->later, due_ms, item);
}

void waiting_skip(struct waiting *waiting, uint32_t item)
{
	item_at(waiting, item)->is_skipped = true;
	waiting_line_up(waiting, item);
}

bool waiting_is_skipped(const struct waiting *waiting, uint32_t item)
{
	return item_at(waiting, item)->is_skipped;
}

void waiting_lease(struct waiting *waiting, uint32_t item, uint64_t due_ms)
{
	item_at(waiting, item)->is_leased = true;
	waiting_until(waiting, item, due_ms);
}

bool waiting_is_leased(const struct waiting *waiting, uint32_t item)
{
	return item_at(waiting, item)->is_leased;
}

bool waiting_next_due(uint64_t *due_ms, const struct waiting *waiting)
{
	struct heap_item item = { 0 };

	if (!heap_first(&item, &waiting->later))
		return false;
	*due_ms = item.key;
	return true;
}

bool waiting_due(uint32_t *item, struct waiting *waiting, uint64_t now_ms)
{
	struct heap_item first = { 0 };

	if (!heap_first(&first, &waiting->later) || first.key > now_ms ||
	    !heap_pop(&first, &waiting->later))
		return false;
	*item = first.value;
	return true;
}

void waiting_after(struct waiting *waiting, uint32_t item, const char *id)
{
	struct after after = { .item = item };

	memcpy(after.id, id, UUID_LEN);
	buf_add(&waiting->afters, &after, sizeof(after));
}

/* No longer after anybody. */
static void forget(struct waiting *waiting, uint32_t item)
{
	struct after *afters = (struct after *)(void *)waiting->afters.data;
	size_t count = waiting->afters.len / sizeof(*afters);
	size_t kept = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		if (afters[i].item != item)
			afters[kept++] = afters[i];
	}
	buf_cut(&waiting->afters, kept * sizeof(*afters));
}

bool waiting_told(uint32_t *item, struct waiting *waiting, const char *id)
{
	const struct after *afters = (const struct after *)(void *)waiting->afters.data;
	size_t count = waiting->afters.len / sizeof(*afters);
	size_t i;

	for (i = 0; i < count; i++) {
		if (strcmp(afters[i].id, id) != 0)
			continue;
		*item = afters[i].item;
		forget(waiting, *item);
		return true;
	}
	return false;
}

void waiting_free(struct waiting *waiting)
{
	buf_free(&waiting->items);
	buf_free(&waiting->lines);
	buf_free(&waiting->table);
	buf_free(&waiting->afters);
	heap_free(&waiting->ready[0]);
	heap_free(&waiting->ready[1]);
	heap_free(&waiting->later);
	*waiting = (struct waiting)WAITING_EMPTY;
}
