#include "bin/hookroute/due.h"

#include <stdlib.h>
#include <string.h>

static int compare(const struct due_file *a, const struct due_file *b)
{
	if (a->due_ms != b->due_ms)
		return a->due_ms < b->due_ms ? -1 : 1;
	return strcmp(a->id, b->id);
}

static void exchange(struct due_file *a, struct due_file *b)
{
	struct due_file file = *a;

	*a = *b;
	*b = file;
}

static void add(struct due *due, const struct due_file *file)
{
	size_t at = due->count++;

	if (due->count > due->room) {
		due->room = due->room ? due->room * 2 : 64;
		due->heap = realloc(due->heap, due->room * sizeof(*due->heap));
		if (!due->heap)
			abort();
	}
	due->heap[at] = *file;
	for (; at && compare(&due->heap[at], &due->heap[(at - 1) / 2]) < 0;
	     at = (at - 1) / 2)
		exchange(&due->heap[at], &due->heap[(at - 1) / 2]);
	due->forced += file->forced;
}

void due_add(struct due *due, const char *id, int64_t due_ms)
{
	struct due_file file = { .due_ms = due_ms };

	memcpy(file.id, id, UUID_LEN);
	add(due, &file);
}

void due_force(struct due *due, const char *id, int64_t when_ms)
{
	struct due_file file = { .due_ms = when_ms, .forced = true };

	memcpy(file.id, id, UUID_LEN);
	add(due, &file);
}

void due_forget(struct due *due)
{
	struct due old = *due;
	size_t i;

	*due = (struct due){ NULL, 0, 0, 0 };
	for (i = 0; i < old.count; i++) {
		if (old.heap[i].forced)
			add(due, &old.heap[i]);
	}
	due_free(&old);
}

static void take_first(struct due *due)
{
	size_t at = 0;

	due->forced -= due->heap[0].forced;
	due->heap[0] = due->heap[--due->count];
	for (;;) {
		size_t least = 2 * at + 1;

		if (least + 1 < due->count &&
		    compare(&due->heap[least + 1], &due->heap[least]) < 0)
			least++;
		if (least >= due->count ||
		    compare(&due->heap[at], &due->heap[least]) <= 0)
			break;
		exchange(&due->heap[at], &due->heap[least]);
		at = least;
	}
}

bool due_take(struct due_file *file, struct due *due, int64_t now_ms)
{
	if (due_wake_ms(due) > now_ms)
		return false;
	*file = due->heap[0];
	while (due->count && compare(&due->heap[0], file) == 0) {
		file->forced = file->forced || due->heap[0].forced;
		take_first(due);
	}
	return true;
}

int64_t due_wake_ms(const struct due *due)
{
	return due->count ? due->heap[0].due_ms : INT64_MAX;
}

void due_free(struct due *due)
{
	free(due->heap);
	*due = (struct due){ NULL, 0, 0, 0 };
}
