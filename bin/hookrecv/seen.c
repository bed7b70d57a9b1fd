#include "bin/hookrecv/seen.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bin/hookrecv/seen_scan.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/crypto.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/spool.h"

enum {
	VERSION = 2,
	KEY_LEN = 16,
	BOOT_LEN = 36,
	REST_EVERY = 4096,
	PLACES = 131072, /* in the index of each of the two halves; a power of two */
};

_Static_assert((int)SEEN_MEMORY == PLACES / 4 * 3,
	       "a half is given up when its index is 3/4 full");

enum { EMPTY, PENDING, STORED, FORGOTTEN };

struct slot {
	uint8_t key[KEY_LEN];
	char id[UUID_LEN - 1];
	char file[UUID_LEN - 1];
	uint32_t state;
	int32_t pid; /* who is about to store it */
};

/* The slots are filled one behind the other, and found by an index of their numbers (from 1)
 * and 32 bits of their keys: what is looked at again and again is small. */
struct half {
	uint64_t used;
	uint64_t index[PLACES];
	struct slot slots[SEEN_MEMORY];
};

struct seen_table {
	uint32_t version;
	uint32_t current; /* which half new entries go to; the other is the older one */
	char boot[BOOT_LEN];
	struct half halves[2];
};

static void make_key(uint8_t key[static KEY_LEN], const char *hook, const char *delivery)
{
	uint8_t digest[CRYPTO_SHA256_LEN];
	auto_buf struct buf text = BUF_EMPTY;

	buf_add(&text, hook, strlen(hook) + 1);
	buf_add_str(&text, delivery);
	crypto_sha256(digest, text.data, text.len);
	memcpy(key, digest, KEY_LEN);
}

/* The key's slot, or NULL and the place in the index where it would be entered.  After a power
 * cut the index may know slots that were not written: they bear another key. */
static struct slot *find(struct half *half, const uint8_t *key, uint64_t **place)
{
	uint32_t at = 0;
	uint32_t tag = 0;
	size_t tries;

	memcpy(&at, key, sizeof(at));
	memcpy(&tag, key + sizeof(at), sizeof(tag));
	for (tries = 0; tries < PLACES; tries++, at++) {
		uint64_t *entry = &half->index[at % PLACES];
		size_t number = (uint32_t)*entry;

		*place = entry;
		if (number == 0)
			return NULL;
		if (*entry >> 32 == tag && number <= SEEN_MEMORY &&
		    memcmp(half->slots[number - 1].key, key, KEY_LEN) == 0)
			return &half->slots[number - 1];
	}
	return NULL;
}

static struct slot *lookup(struct seen_table *table, const uint8_t *key)
{
	uint64_t *place = NULL;
	struct slot *slot = find(&table->halves[table->current], key, &place);

	/* Until it is used, not a page of the other half is looked at. */
	if (!slot && table->halves[!table->current].used)
		slot = find(&table->halves[!table->current], key, &place);
	return slot && slot->state != FORGOTTEN ? slot : NULL;
}

/* A key that is new to the half that is filled now. */
static struct slot *append(struct seen_table *table, const uint8_t *key)
{
	struct half *half = &table->halves[table->current];
	uint64_t *place = NULL;
	uint32_t tag = 0;

	if (half->used >= SEEN_MEMORY) {
		table->current = !table->current;
		half = &table->halves[table->current];
		memset(half, 0, sizeof(*half));
	}
	(void)find(half, key, &place);
	memcpy(&tag, key + sizeof(tag), sizeof(tag));
	half->used++;
	*place = (uint64_t)tag << 32 | half->used;
	/* The slots before are seldom looked at, and need not count as our memory. */
	if (half->used % REST_EVERY == 0)
		(void)madvise(table, sizeof(*table), MADV_DONTNEED);
	return &half->slots[half->used - 1];
}

static void put(const struct seen *seen, const uint8_t *key,
		const struct seen_entry *entry, uint32_t state)
{
	struct seen_table *table = seen->table;
	uint64_t *place = NULL;
	struct slot *slot = find(&table->halves[table->current], key, &place);

	if (!slot)
		slot = append(table, key);
	memcpy(slot->key, key, KEY_LEN);
	memcpy(slot->id, entry->id, sizeof(slot->id));
	memcpy(slot->file, entry->file, sizeof(slot->file));
	slot->pid = seen->pid;
	slot->state = state;
}

static void lock(const struct seen *seen)
{
	while (!seen->held && flock(seen->fd, LOCK_EX) < 0 && errno == EINTR)
		;
}

static void unlock(const struct seen *seen)
{
	if (!seen->held)
		(void)flock(seen->fd, LOCK_UN);
}

void seen_hold(struct seen *seen)
{
	lock(seen);
	seen->held = true;
}

void seen_release(struct seen *seen)
{
	seen->held = false;
	unlock(seen);
}

static void copy_id(char out[static UUID_LEN], const char *id)
{
	memcpy(out, id, UUID_LEN - 1);
	out[UUID_LEN - 1] = '\0';
}

/* A process that was about to store it died: did it get so far that the file is there? */
static bool was_stored(const struct seen *seen, const struct slot *slot)
{
	char file[UUID_LEN];
	char id[UUID_LEN];

	copy_id(file, slot->file);
	copy_id(id, slot->id);
	return seen_scan_has(seen->spool, file) || seen_scan_has(seen->spool, id);
}

static enum seen_answer judge(const struct seen *seen, struct slot *slot)
{
	if (slot->state == STORED)
		return SEEN_STORED;
	if (slot->pid == seen->pid)
		return SEEN_PENDING;
	if (kill(slot->pid, 0) == 0 || errno == EPERM)
		return SEEN_ELSEWHERE;
	slot->state = was_stored(seen, slot) ? STORED : FORGOTTEN;
	return slot->state == STORED ? SEEN_STORED : SEEN_NEW;
}

enum seen_answer seen_enter(struct seen *seen, struct seen_entry *entry)
{
	enum seen_answer answer = SEEN_NEW;
	uint8_t key[KEY_LEN];
	struct slot *slot;

	make_key(key, entry->hook, entry->delivery);
	lock(seen);
	slot = lookup(seen->table, key);
	if (slot)
		answer = judge(seen, slot);
	if (answer == SEEN_NEW)
		put(seen, key, entry, PENDING);
	else
		copy_id(entry->id, slot->id);
	unlock(seen);
	return answer;
}

bool seen_has(struct seen *seen, struct seen_entry *entry)
{
	uint8_t key[KEY_LEN];
	struct slot *slot;
	bool has;

	make_key(key, entry->hook, entry->delivery);
	lock(seen);
	slot = lookup(seen->table, key);
	has = slot && judge(seen, slot) == SEEN_STORED;
	if (has)
		copy_id(entry->id, slot->id);
	unlock(seen);
	return has;
}

/* The ids bear the time.  While only one half is in use, none was given up. */
int64_t seen_since_ms(const struct seen *seen)
{
	const struct seen_table *table = seen->table;
	int64_t since_ms = INT64_MAX;
	size_t i;

	lock(seen);
	if (table->halves[!table->current].used == 0)
		since_ms = 0;
	for (i = 0; since_ms && i < (size_t)2 * SEEN_MEMORY; i++) {
		const struct half *half = &table->halves[i / SEEN_MEMORY];
		const struct slot *slot = &half->slots[i % SEEN_MEMORY];
		char id[UUID_LEN];
		int64_t at_ms;

		if (slot->state != STORED)
			continue;
		copy_id(id, slot->id);
		at_ms = uuid_time_ms(id);
		since_ms = at_ms < since_ms ? at_ms : since_ms;
	}
	unlock(seen);
	return since_ms;
}

static void set_state(struct seen *seen, const struct seen_entry *entry, uint32_t state)
{
	uint8_t key[KEY_LEN];
	struct slot *slot;

	make_key(key, entry->hook, entry->delivery);
	lock(seen);
	slot = lookup(seen->table, key);
	if (slot)
		slot->state = state;
	unlock(seen);
}

void seen_stored(struct seen *seen, const struct seen_entry *entry)
{
	set_state(seen, entry, STORED);
}

void seen_forget(struct seen *seen, const struct seen_entry *entry)
{
	set_state(seen, entry, FORGOTTEN);
}

static void enter_found(void *context, const struct seen_entry *entry)
{
	struct seen *seen = context;
	uint8_t key[KEY_LEN];

	make_key(key, entry->hook, entry->delivery);
	if (!lookup(seen->table, key))
		put(seen, key, entry, STORED);
}

static int read_boot_id(struct buf *boot, struct error *err)
{
	if (file_read(boot, AT_FDCWD, "/proc/sys/kernel/random/boot_id", 64, err) < 0)
		return -1;
	if (boot->len < BOOT_LEN)
		return error_set(err, ERROR_SYSTEM, "no boot id");
	return 0;
}

/* After another boot: pages that were not written back are gone, the spool is not. */
static int refresh(struct seen *seen, struct error *err)
{
	auto_buf struct buf boot = BUF_EMPTY;
	struct seen_table *table = seen->table;

	if (read_boot_id(&boot, err) < 0)
		return -1;
	/* A new file is all zeros, and stays a hole in memory until it is used. */
	if (table->version != VERSION && table->version != 0)
		memset(table, 0, sizeof(*table));
	if (table->version == VERSION && memcmp(table->boot, boot.data, BOOT_LEN) == 0)
		return 0;
	if (seen_scan(seen->spool, enter_found, seen, err) < 0)
		return -1;
	memcpy(table->boot, boot.data, BOOT_LEN);
	table->version = VERSION;
	return 0;
}

static int map(struct seen *seen, const char *path, struct error *err)
{
	struct stat st = { 0 };
	void *room;

	if (fstat(seen->fd, &st) < 0)
		return error_errno(err, "look at '%s'", path);
	if (st.st_size != (off_t)sizeof(struct seen_table) &&
	    (ftruncate(seen->fd, 0) < 0 ||
	     ftruncate(seen->fd, (off_t)sizeof(struct seen_table)) < 0))
		return error_errno(err, "make '%s'", path);
	/* Blocks now, not a SIGBUS when the disk is full. */
	if (st.st_size == 0 &&
	    posix_fallocate(seen->fd, 0, sizeof(struct seen_table)) != 0)
		return error_set(err, ERROR_SYSTEM, "make '%s': no room on the disk",
				 path);
	room = mmap(NULL, sizeof(struct seen_table), PROT_READ | PROT_WRITE, MAP_SHARED,
		    seen->fd, 0);
	if (room == MAP_FAILED)
		return error_errno(err, "map '%s'", path);
	seen->table = room;
	return 0;
}

int seen_open(struct seen *seen, const char *path, const struct spool *spool,
	      struct error *err)
{
	auto_seen struct seen opened = SEEN_NONE;
	int failed;

	opened.spool = spool;
	opened.pid = (int32_t)getpid();
	if (file_lock(&opened.fd, AT_FDCWD, path, err) < 0)
		return -1;
	failed = map(&opened, path, err) < 0 || refresh(&opened, err) < 0;
	unlock(&opened);
	if (failed)
		return -1;
	*seen = opened;
	opened = (struct seen)SEEN_NONE;
	return 0;
}

void seen_close(struct seen *seen)
{
	if (seen->table)
		(void)munmap(seen->table, sizeof(struct seen_table));
	cleanup_close(&seen->fd);
	*seen = (struct seen)SEEN_NONE;
}
