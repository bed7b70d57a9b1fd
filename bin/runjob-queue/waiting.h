#ifndef BIN_RUNJOB_QUEUE_WAITING_H
#define BIN_RUNJOB_QUEUE_WAITING_H

#include <stdbool.h>
#include <stdint.h>

#include "bin/runjob-queue/heap.h"
#include "lib/buf.h"
#include "lib/job_entry.h"
#include "lib/uuid.h"

/*
 * The entries of the queue in memory, 48 bytes each: a line for each group, in order, and a heap of
 * lines by their first, so that the next in turn is found without looking at the others; those
 * whose time has not come; and those that wait for other jobs.  Items are numbers.
 */
struct waiting {
	struct buf items;
	struct buf lines;
	struct buf table;     /* of lines, by group */
	struct buf afters;    /* who waits for whom */
	struct heap ready[2]; /* lines by their first; [1]: those that take a slot */
	struct heap later;    /* items by the time they are due */
	uint32_t unused;      /* a list of items */
	uint32_t count;
};

#define WAITING_EMPTY                                                                    \
	{                                                                                \
		.unused = 0                                                              \
	}
#define auto_waiting __attribute__((cleanup(waiting_free)))

/* An item that stands nowhere yet. */
uint32_t waiting_make(struct waiting *waiting, const struct job_entry *entry);
const struct job_entry *waiting_entry(const struct waiting *waiting, uint32_t item);
void waiting_drop(struct waiting *waiting, uint32_t item);

/* Put it into its line, by its order; it may be let go at the time due_ms; after a job. */
void waiting_line_up(struct waiting *waiting, uint32_t item);
void waiting_until(struct waiting *waiting, uint32_t item, uint64_t due_ms);
void waiting_after(struct waiting *waiting, uint32_t item, const char *id);

/* One that cannot come true any more: it stands in a line of its own until its supervisor, which
 * takes no slot, may say so. */
void waiting_skip(struct waiting *waiting, uint32_t item);
bool waiting_is_skipped(const struct waiting *waiting, uint32_t item);

/* As waiting_until, for one that was started, and is looked at again then. */
void waiting_lease(struct waiting *waiting, uint32_t item, uint64_t due_ms);
bool waiting_is_leased(const struct waiting *waiting, uint32_t item);

/* The line whose first is next in turn, taken out of the heap; waiting_return puts it back. */
bool waiting_next(uint32_t *line, struct waiting *waiting, bool takes_slot);
void waiting_return(struct waiting *waiting, uint32_t line);

/* Is there such a line?  One whose items have all gone may be taken for one. */
bool waiting_is_ready(const struct waiting *waiting, bool takes_slot);

/* Its first item, and that taken out. */
uint32_t waiting_first(const struct waiting *waiting, uint32_t line);
uint32_t waiting_shift(struct waiting *waiting, uint32_t number);

/* One that is due by now, taken out; the time at which the next one is, false: none. */
bool waiting_due(uint32_t *item, struct waiting *waiting, uint64_t now_ms);
bool waiting_next_due(uint64_t *due_ms, const struct waiting *waiting);

/* One that waited for the job of this id, taken out of all that it waited for. */
bool waiting_told(uint32_t *item, struct waiting *waiting, const char *id);

void waiting_free(struct waiting *waiting);

#endif
