#ifndef BIN_RUNJOB_QUEUE_HEAP_H
#define BIN_RUNJOB_QUEUE_HEAP_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/buf.h"

/* Numbers with keys, the smallest key first; each call is O(log n). */
struct heap {
	struct buf items;
};

struct heap_item {
	uint64_t key;
	uint32_t value;
};

#define HEAP_EMPTY                                                                       \
	{                                                                                \
		BUF_EMPTY                                                                \
	}

void heap_push(struct heap *heap, uint64_t key, uint32_t value);

/* False when it is empty. */
bool heap_first(struct heap_item *item, const struct heap *heap);
bool heap_pop(struct heap_item *item, struct heap *heap);
void heap_free(struct heap *heap);

#endif
