#include "bin/hookroute/lane_table.h"

#include <stdlib.h>
#include <string.h>

#include "lib/str.h"

static uint32_t add_hash(uint32_t hash, const char *text)
{
	/* FNV-1a, the end of the text included. */
	do {
		hash = (hash ^ (unsigned char)*text) * 16777619u;
	} while (*text++);
	return hash;
}

static uint32_t hash_of(const struct lane_place *place)
{
	return add_hash(add_hash(2166136261u, place->consumer), place->key);
}

static struct lane *find_lane(const struct lane_table *table,
			      const struct lane_place *place)
{
	uint32_t hash = hash_of(place);
	struct lane *lane = table->room ? table->slots[hash % table->room] : NULL;

	while (lane &&
	       (lane->hash != hash || !str_equal(lane->consumer, place->consumer) ||
		!str_equal(lane->key, place->key)))
		lane = lane->next;
	return lane;
}

static void put_in_slot(struct lane_table *table, struct lane *lane)
{
	struct lane **slot = &table->slots[lane->hash % table->room];

	lane->next = *slot;
	*slot = lane;
}

static void make_room(struct lane_table *table)
{
	struct lane_table old = *table;
	size_t i;

	if (table->count < table->room)
		return;
	table->room = old.room ? old.room * 2 : 64;
	table->slots = calloc(table->room, sizeof(struct lane *));
	if (!table->slots)
		abort();
	for (i = 0; i < old.room; i++) {
		while (old.slots[i]) {
			struct lane *lane = old.slots[i];

			old.slots[i] = lane->next;
			put_in_slot(table, lane);
		}
	}
	free(old.slots);
}

static struct lane *add_lane(struct lane_table *table, const struct lane_place *place)
{
	struct lane *lane = calloc(1, sizeof(*lane));

	if (!lane)
		abort();
	make_room(table);
	lane->consumer = str_dup(place->consumer);
	lane->key = str_dup(place->key);
	lane->hash = hash_of(place);
	put_in_slot(table, lane);
	table->count++;
	return lane;
}

static int compare(const struct lane_entry *entry, const struct lane_place *place)
{
	return strcmp(entry->id, place->id);
}

/* Nearly all come in order, at the end; what is asked for is mostly the first. */
struct lane_entry *lane_table_find(const struct lane_table *table,
				   const struct lane_place *place)
{
	struct lane *lane = find_lane(table, place);
	struct lane_entry *entry = lane ? lane->first : NULL;

	if (lane && compare(lane->last, place) < 0)
		return NULL;
	while (entry && compare(entry, place) < 0)
		entry = entry->behind;
	while (entry && compare(entry, place) == 0 && entry->number != place->number)
		entry = entry->behind;
	return entry && compare(entry, place) == 0 ? entry : NULL;
}

static void link_behind(struct lane *lane, struct lane_entry *before,
			struct lane_entry *made)
{
	made->before = before;
	made->behind = before ? before->behind : lane->first;
	if (made->behind)
		made->behind->before = made;
	else
		lane->last = made;
	if (before)
		before->behind = made;
	else
		lane->first = made;
}

struct lane_entry *lane_table_add(struct lane_table *table,
				  const struct lane_place *place)
{
	struct lane_entry *made = lane_table_find(table, place);
	struct lane *lane = find_lane(table, place);
	struct lane_entry *before;

	if (made)
		return made;
	if (!lane)
		lane = add_lane(table, place);
	made = calloc(1, sizeof(*made));
	if (!made)
		abort();
	made->lane = lane;
	memcpy(made->id, place->id, UUID_LEN);
	memcpy(made->file, place->file ? place->file : place->id, UUID_LEN);
	made->number = place->number;
	before = lane->last;
	while (before && compare(before, place) > 0)
		before = before->before;
	link_behind(lane, before, made);
	return made;
}

static void free_lane(struct lane *lane)
{
	free(lane->consumer);
	free(lane->key);
	free(lane);
}

static void drop_lane(struct lane_table *table, struct lane *lane)
{
	struct lane **at = &table->slots[lane->hash % table->room];

	while (*at != lane)
		at = &(*at)->next;
	*at = lane->next;
	table->count--;
	free_lane(lane);
}

void lane_table_remove(struct lane_table *table, struct lane_entry *entry)
{
	struct lane *lane = entry->lane;

	if (entry->before)
		entry->before->behind = entry->behind;
	else
		lane->first = entry->behind;
	if (entry->behind)
		entry->behind->before = entry->before;
	else
		lane->last = entry->before;
	free(entry);
	if (!lane->first)
		drop_lane(table, lane);
}

static void free_slot(struct lane *lane)
{
	while (lane) {
		struct lane *next = lane->next;
		struct lane_entry *entry = lane->first;

		while (entry) {
			struct lane_entry *behind = entry->behind;

			free(entry);
			entry = behind;
		}
		free_lane(lane);
		lane = next;
	}
}

void lane_table_free(struct lane_table *table)
{
	size_t i;

	for (i = 0; i < table->room; i++)
		free_slot(table->slots[i]);
	free(table->slots);
	*table = (struct lane_table){ NULL, 0, 0 };
}
