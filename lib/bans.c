#include "lib/bans.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/address.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"

enum {
	VERSION = 1,
	SETS = 4096, /* a power of two */
	WAYS = 8,
	TIMES_MAX = 30,
};

struct slot {
	struct address owner;
	int64_t seen_ms;   /* the last miss; 0: the slot is empty */
	int64_t window_ms; /* when the window began */
	int64_t since_ms;
	int64_t end_ms; /* of the last ban */
	uint32_t misses;
	uint32_t times;
};

struct bans_table {
	uint64_t version;
	uint64_t seed; /* nobody outside can tell which addresses share a set */
	int64_t last_end_ms;
	struct slot sets[SETS][WAYS];
};

static void lock(const struct bans *bans)
{
	while (flock(bans->fd, LOCK_EX) < 0 && errno == EINTR)
		;
}

static void unlock(const struct bans *bans)
{
	(void)flock(bans->fd, LOCK_UN);
}

static struct slot *find_set(struct bans_table *table, const struct address *owner)
{
	return table->sets[address_hash(owner, table->seed) % SETS];
}

static struct slot *find(struct bans_table *table, const struct address *owner)
{
	struct slot *set = find_set(table, owner);
	size_t i;

	for (i = 0; i < WAYS; i++) {
		if (set[i].seen_ms && address_equal(&set[i].owner, owner))
			return &set[i];
	}
	return NULL;
}

/* An end further away than any ban lasts is none: the clock was put back. */
static bool is_banned(const struct slot *slot, int64_t now_ms)
{
	return slot->end_ms > now_ms && slot->end_ms - now_ms <= BANS_TIME_MAX_MS;
}

/* The slot of an address that has none yet; NULL when its set is full of bans. */
static struct slot *take(struct bans_table *table, const struct address *owner,
			 int64_t now_ms)
{
	struct slot *set = find_set(table, owner);
	struct slot *oldest = NULL;
	size_t i;

	for (i = 0; i < WAYS; i++) {
		if (!is_banned(&set[i], now_ms) &&
		    (!oldest || set[i].seen_ms < oldest->seen_ms))
			oldest = &set[i];
	}
	if (oldest)
		*oldest = (struct slot){ .owner = *owner };
	return oldest;
}

static int64_t ban_length(const struct bans_rules *rules, unsigned times)
{
	int64_t length = rules->time_ms;

	while (times-- && length < BANS_TIME_MAX_MS)
		length *= 2;
	return length < BANS_TIME_MAX_MS ? length : BANS_TIME_MAX_MS;
}

/* last_end_ms goes first: who dies in between has banned nobody, and not unseen. */
static void ban(struct bans *bans, struct slot *slot, int64_t now_ms)
{
	struct bans_table *table = bans->table;

	if (now_ms - slot->end_ms > BANS_TIME_MAX_MS || slot->end_ms > now_ms)
		slot->times = 0;
	slot->since_ms = now_ms;
	slot->misses = 0;
	if (table->last_end_ms < now_ms + ban_length(&bans->rules, slot->times))
		__atomic_store_n(&table->last_end_ms,
				 now_ms + ban_length(&bans->rules, slot->times),
				 __ATOMIC_RELAXED);
	slot->end_ms = now_ms + ban_length(&bans->rules, slot->times);
	if (slot->times < TIMES_MAX)
		slot->times++;
}

static struct bans_miss count(struct bans *bans, struct slot *slot, int64_t now_ms)
{
	struct bans_miss miss = { bans->rules.misses, 0 };

	/* It was on its way when the ban began. */
	if (is_banned(slot, now_ms))
		return miss;
	if (now_ms - slot->window_ms >= bans->rules.window_ms ||
	    now_ms < slot->window_ms) {
		slot->window_ms = now_ms;
		slot->misses = 0;
	}
	slot->seen_ms = now_ms;
	miss.count = ++slot->misses;
	if (miss.count >= bans->rules.misses) {
		ban(bans, slot, now_ms);
		miss.end_ms = slot->end_ms;
	}
	return miss;
}

struct bans_miss bans_add_miss(struct bans *bans, const struct address *address,
			       int64_t now_ms)
{
	struct address owner = address_owner(address);
	struct bans_miss miss = { 0, 0 };
	struct slot *slot;

	if (!bans->rules.misses)
		return miss;
	lock(bans);
	slot = find(bans->table, &owner);
	if (!slot)
		slot = take(bans->table, &owner, now_ms);
	if (slot)
		miss = count(bans, slot, now_ms);
	unlock(bans);
	return miss;
}

int64_t bans_end(const struct bans *bans, const struct address *address, int64_t now_ms)
{
	struct address owner;
	const struct slot *slot;
	int64_t end_ms = 0;

	if (!bans->rules.misses ||
	    __atomic_load_n(&bans->table->last_end_ms, __ATOMIC_RELAXED) <= now_ms)
		return 0;
	owner = address_owner(address);
	lock(bans);
	slot = find(bans->table, &owner);
	if (slot && is_banned(slot, now_ms))
		end_ms = slot->end_ms;
	unlock(bans);
	return end_ms;
}

bool bans_lift(struct bans *bans, const struct address *address, int64_t now_ms)
{
	struct address owner = address_owner(address);
	struct slot *slot;
	bool banned;

	lock(bans);
	slot = find(bans->table, &owner);
	banned = slot && is_banned(slot, now_ms);
	if (slot)
		*slot = (struct slot){ 0 };
	unlock(bans);
	return banned;
}

void bans_each(const struct bans *bans, int64_t now_ms,
	       void (*each)(void *context, const struct ban *ban), void *context)
{
	size_t i;

	lock(bans);
	for (i = 0; i < (size_t)SETS * WAYS; i++) {
		const struct slot *slot = &bans->table->sets[i / WAYS][i % WAYS];
		const struct ban found = { &slot->owner, slot->since_ms, slot->end_ms,
					   slot->times };

		if (slot->seen_ms && is_banned(slot, now_ms))
			each(context, &found);
	}
	unlock(bans);
}

static int map(struct bans *bans, const char *path, struct error *err)
{
	struct stat st = { 0 };
	void *room;

	if (fstat(bans->fd, &st) < 0)
		return error_errno(err, "look at '%s'", path);
	if (st.st_size != (off_t)sizeof(struct bans_table) &&
	    ftruncate(bans->fd, (off_t)sizeof(struct bans_table)) < 0)
		return error_errno(err, "make '%s'", path);
	/* Blocks now, not a SIGBUS when the disk is full. */
	if (st.st_blocks * 512 < (off_t)sizeof(struct bans_table) &&
	    posix_fallocate(bans->fd, 0, sizeof(struct bans_table)) != 0)
		return error_set(err, ERROR_SYSTEM, "make '%s': no room on the disk",
				 path);
	room = mmap(NULL, sizeof(struct bans_table), PROT_READ | PROT_WRITE, MAP_SHARED,
		    bans->fd, 0);
	if (room == MAP_FAILED)
		return error_errno(err, "map '%s'", path);
	bans->table = room;
	return 0;
}

/* A new file, or one of another version, or what a crash left of one. */
static int prepare(struct bans_table *table, struct error *err)
{
	uint64_t seed = 0;

	if (table->version == VERSION)
		return 0;
	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		return error_errno(err, "get random bytes");
	if (table->version != 0)
		memset(table, 0, sizeof(*table));
	table->seed = seed;
	table->version = VERSION;
	return 0;
}

int bans_open(struct bans *bans, const char *path, const struct bans_rules *rules,
	      struct error *err)
{
	auto_bans struct bans opened = BANS_NONE;
	int failed;

	opened.rules = *rules;
	if (file_lock(&opened.fd, AT_FDCWD, path, err) < 0)
		return -1;
	failed = map(&opened, path, err) < 0 || prepare(opened.table, err) < 0;
	unlock(&opened);
	if (failed)
		return -1;
	*bans = opened;
	opened = (struct bans)BANS_NONE;
	return 0;
}

void bans_close(struct bans *bans)
{
	if (bans->table)
		(void)munmap(bans->table, sizeof(struct bans_table));
	cleanup_close(&bans->fd);
	*bans = (struct bans)BANS_NONE;
}
