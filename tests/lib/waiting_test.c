#include "bin/runjob-queue/waiting.h"

#include <string.h>

#include "bin/runjob-queue/heap.h"
#include "tests/lib/check.h"

#define ID_A "0195a000-0000-7000-8000-000000000001"
#define ID_B "0195b000-0000-7000-8000-000000000002"

static void the_smallest_comes_first(void)
{
	struct heap heap = HEAP_EMPTY;
	struct heap_item item = { 0, 0 };
	uint64_t last = 0;
	uint64_t key = 12345;
	uint32_t i;

	CHECK(!heap_first(&item, &heap) && !heap_pop(&item, &heap));
	for (i = 0; i < 1000; i++) {
		key = key * UINT64_C(6364136223846793005) + 1442695040888963407U;
		heap_push(&heap, key >> 55, i);
		/* One in three goes at once. */
		if (i % 3 == 2)
			CHECK(heap_pop(&item, &heap));
	}
	for (i = 0; i < 667; i++) {
		struct heap_item first = { 0, 0 };

		CHECK(heap_first(&first, &heap) && heap_pop(&item, &heap));
		CHECK(first.key == item.key && item.key >= last && item.value < 1000);
		last = item.key;
	}
	CHECK(!heap_pop(&item, &heap));
	heap_free(&heap);
}

static uint32_t line_up(struct waiting *waiting, uint64_t order, uint64_t group,
			bool takes_slot)
{
	struct job_entry entry = {
		.order_us = order, .group = group, .parallel = 1, .takes_slot = takes_slot
	};
	uint32_t item = waiting_make(waiting, &entry);

	waiting_line_up(waiting, item);
	return item;
}

/* The order of the next one, which goes; 0: nobody is next. */
static uint64_t next(struct waiting *waiting, bool takes_slot)
{
	uint32_t line = 0;
	uint32_t item;
	uint64_t order;

	if (!waiting_next(&line, waiting, takes_slot))
		return 0;
	item = waiting_shift(waiting, line);
	order = waiting_entry(waiting, item)->order_us;
	waiting_drop(waiting, item);
	waiting_return(waiting, line);
	return order;
}

static void each_group_has_its_line_and_the_oldest_of_all_is_next(void)
{
	auto_waiting struct waiting waiting = WAITING_EMPTY;
	uint32_t line = 0;
	uint64_t order;

	line_up(&waiting, 20, 7, true);
	line_up(&waiting, 30, 7, true);
	line_up(&waiting, 10, 8, true);
	line_up(&waiting, 5, 7, false);
	line_up(&waiting, 40, 0, true);
	/* Tried before, and so before those that came later, of its group and of all. */
	line_up(&waiting, 25, 7, true);
	line_up(&waiting, 3, 8, true);
	CHECK(waiting.count == 7 && waiting_is_ready(&waiting, false));
	CHECK(next(&waiting, false) == 5 && !next(&waiting, false));
	CHECK(!waiting_is_ready(&waiting, false));
	waiting_skip(&waiting,
		     waiting_make(&waiting, &(struct job_entry){ .order_us = 1,
								 .group = 8,
								 .takes_slot = true }));
	/* What is skipped needs no place among those that run, nor its group's. */
	CHECK(next(&waiting, false) == 1);
	CHECK(next(&waiting, true) == 3);
	CHECK(next(&waiting, true) == 10);
	/* A group that is full is set aside, and holds nobody else up. */
	CHECK(waiting_next(&line, &waiting, true));
	CHECK(waiting_entry(&waiting, waiting_first(&waiting, line))->order_us == 20);
	CHECK(next(&waiting, true) == 40 && !next(&waiting, true));
	waiting_return(&waiting, line);
	for (order = 20; order <= 30; order += 5)
		CHECK(next(&waiting, true) == order);
	CHECK(!next(&waiting, true) && waiting.count == 0);
	/* More groups than the table began with; what went has left its room. */
	for (order = 1; order <= 500; order++)
		line_up(&waiting, order, 501 - order, true);
	for (order = 1; order <= 500; order++)
		CHECK(next(&waiting, true) == order);
	for (order = 1; order <= 500; order++)
		line_up(&waiting, order, order % 3, true);
	CHECK(waiting.items.len / waiting.count <= 48);
	for (order = 1; order <= 500; order++)
		CHECK(next(&waiting, true) == order);
}

static void times_and_other_jobs_are_waited_for(void)
{
	auto_waiting struct waiting waiting = WAITING_EMPTY;
	struct job_entry entry = { .order_us = 1 };
	uint32_t early = waiting_make(&waiting, &entry);
	uint32_t late = waiting_make(&waiting, &entry);
	uint32_t both = waiting_make(&waiting, &entry);
	uint32_t item = 0;
	uint64_t due_ms = 0;

	CHECK(!waiting_next_due(&due_ms, &waiting));
	waiting_until(&waiting, late, 200);
	waiting_lease(&waiting, early, 100);
	CHECK(waiting_is_leased(&waiting, early) && !waiting_is_leased(&waiting, late));
	CHECK(waiting_next_due(&due_ms, &waiting) && due_ms == 100);
	CHECK(!waiting_due(&item, &waiting, 99));
	CHECK(waiting_due(&item, &waiting, 100) && item == early);
	CHECK(!waiting_due(&item, &waiting, 100));
	CHECK(waiting_due(&item, &waiting, 1000) && item == late);
	waiting_after(&waiting, both, ID_A);
	waiting_after(&waiting, both, ID_B);
	waiting_after(&waiting, late, ID_B);
	CHECK(waiting_told(&item, &waiting, ID_A) && item == both);
	CHECK(!waiting_told(&item, &waiting, ID_A));
	/* Told once it waits for nobody, until somebody looks at it again. */
	CHECK(waiting_told(&item, &waiting, ID_B) && item == late);
	CHECK(!waiting_told(&item, &waiting, ID_B));
	waiting_drop(&waiting, early);
	CHECK(waiting_make(&waiting, &entry) == early);
	CHECK(!waiting_is_leased(&waiting, early) && waiting.count == 3);
}

static const struct check_case cases[] = {
	{ "the_smallest_comes_first", the_smallest_comes_first },
	{ "each_group_has_its_line_and_the_oldest_of_all_is_next",
	  each_group_has_its_line_and_the_oldest_of_all_is_next },
	{ "times_and_other_jobs_are_waited_for", times_and_other_jobs_are_waited_for },
};

CHECK_MAIN(cases)
