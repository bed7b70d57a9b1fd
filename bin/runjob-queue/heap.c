#include "bin/runjob-queue/heap.h"

#include <stddef.h>

static struct heap_item *all(const struct heap *heap)
{
	return (struct heap_item *)(void *)heap->items.data;
}

static size_t count(const struct heap *heap)
{
	return heap->items.len / sizeof(struct heap_item);
}

static void swap(struct heap_item *a, struct heap_item *b)
{
	struct heap_item held = *a;

	*a = *b;
	*b = held;
}

void heap_push(struct heap *heap, uint64_t key, uint32_t value)
{
	struct heap_item item = { .key = key, .value = value };
	struct heap_item *items;
	size_t at = count(heap);

	buf_add(&heap->items, &item, sizeof(item));
	items = all(heap);
	for (; at > 0 && items[at].key < items[(at - 1) / 2].key; at = (at - 1) / 2)
		swap(&items[at], &items[(at - 1) / 2]);
}

bool heap_first(struct heap_item *item, const struct heap *heap)
{
	if (!count(heap))
		return false;
	*item = all(heap)[0];
	return true;
}

bool heap_pop(struct heap_item *item, struct heap *heap)
{
	struct heap_item *items = all(heap);
	size_t left = count(heap);
	size_t at = 0;

	if (!heap_first(item, heap))
		return false;
	left--;
	items[0] = items[left];
	buf_cut(&heap->items, left * sizeof(*items));
	while (2 * at + 1 < left) {
		size_t least = 2 * at + 1;

		if (least + 1 < left && items[least + 1].key < items[least].key)
			least++;
		if (items[at].key <= items[least].key)
			break;
		swap(&items[at], &items[least]);
		at = least;
	}
	return true;
}

void heap_free(struct heap *heap)
{
	buf_free(&heap->items);
}
