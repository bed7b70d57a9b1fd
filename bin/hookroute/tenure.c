#include "bin/hookroute/tenure.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/log.h"
#include "lib/str.h"

#define MAGIC "HRLEASE1"

enum {
	LEASE_MS = 60000,
	LEASE_MIN_MS = 1000,
	LEASE_MAX_MS = 86400000,
	BEATS = 4, /* in a lease */
	FIRST_ROOM = 4096,
};

int tenure_read(uint64_t *lease_ms, const char *text, struct error *err)
{
	*lease_ms = LEASE_MS;
	if (text && str_to_duration(lease_ms, text, err) < 0)
		return error_wrap(err, "HOOKTOOLS_LEASE");
	if (*lease_ms < LEASE_MIN_MS || *lease_ms > LEASE_MAX_MS)
		return error_set(err, ERROR_CONFIG,
				 "HOOKTOOLS_LEASE: '%s' is not from 1s to 1d", text);
	return 0;
}

static size_t size_of(size_t room)
{
	return sizeof(struct tenure_page) + room * sizeof(struct tenure_entry);
}

/* The disk's room is taken at once: one that is full later cannot end us. */
static int grow(struct tenure *tenure, size_t room, struct error *err)
{
	size_t old = tenure->page ? size_of(tenure->page->head.room) : 0;
	int failed = posix_fallocate(tenure->fd, 0, (off_t)size_of(room));
	void *page;

	if (failed) {
		errno = failed;
		return error_errno(err, "make room in 'spool/leases/%s'", tenure->name);
	}
	if (tenure->page)
		page = mremap(tenure->page, old, size_of(room), MREMAP_MAYMOVE);
	else
		page = mmap(NULL, size_of(room), PROT_READ | PROT_WRITE, MAP_SHARED,
			    tenure->fd, 0);
	if (page == MAP_FAILED)
		return error_errno(err, "map 'spool/leases/%s'", tenure->name);
	tenure->page = page;
	tenure->page->head.room = room;
	return 0;
}

static int make(struct tenure *tenure, struct error *err)
{
	struct uuid_source ids = { 0, 0 };

	if (mkdirat(tenure->spool->dir[SPOOL_CUR], "../leases", 0700) < 0 &&
	    errno != EEXIST)
		return error_errno(err, "make folder 'spool/leases'");
	if (file_open_dir(&tenure->dir, tenure->spool->dir[SPOOL_CUR], "../leases", err) <
	    0)
		return -1;
	uuid_next(tenure->name, &ids, date_now_ms());
	tenure->fd = openat(tenure->dir, tenure->name,
			    O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (tenure->fd < 0 || flock(tenure->fd, LOCK_EX | LOCK_NB) < 0)
		return error_errno(err, "make 'spool/leases/%s'", tenure->name);
	return grow(tenure, FIRST_ROOM, err);
}

void tenure_open(struct tenure *tenure, const struct spool *spool, uint64_t lease_ms)
{
	struct error err = { 0 };

	*tenure = (struct tenure)TENURE_OF(spool);
	if (make(tenure, &err) < 0) {
		log_warning("%s, ignoring: when this router hangs nobody takes over",
			    err.message);
		tenure_close(tenure);
		return;
	}
	tenure->page->head.entry_size = sizeof(struct tenure_entry);
	tenure->page->head.lease_ms = lease_ms;
	memcpy(tenure->page->head.magic, MAGIC, sizeof(tenure->page->head.magic));
	tenure_beat(tenure);
}

void tenure_close(struct tenure *tenure)
{
	if (tenure->page)
		(void)munmap(tenure->page, size_of(tenure->page->head.room));
	if (tenure->fd >= 0)
		(void)unlinkat(tenure->dir, tenure->name, 0);
	cleanup_close(&tenure->fd);
	cleanup_close(&tenure->dir);
	*tenure = (struct tenure)TENURE_OF(tenure->spool);
}

/* Half of it is always free, so that looking for room takes no time. */
static bool has_room(struct tenure *tenure)
{
	struct error err = { 0 };
	size_t room = tenure->page->head.room;

	return tenure->used * 2 < room || grow(tenure, room * 2, &err) == 0 ||
	       tenure->used < room;
}

int tenure_enter(struct tenure *tenure, enum spool_state state, const char *id,
		 uint64_t inode)
{
	struct tenure_entry *entry;
	size_t room;

	if (!tenure->page || !has_room(tenure))
		return TENURE_NO_SLOT;
	room = tenure->page->head.room;
	do {
		tenure->next = (tenure->next + 1) % room;
		entry = &tenure->page->entries[tenure->next];
	} while (entry->inode);
	entry->state = state;
	snprintf(entry->id, sizeof(entry->id), "%s", id);
	/* Last: before, there is nothing to see. */
	__atomic_store_n(&entry->inode, inode, __ATOMIC_SEQ_CST);
	tenure->used++;
	return (int)tenure->next;
}

void tenure_leave(struct tenure *tenure, int slot)
{
	if (slot == TENURE_NO_SLOT || !tenure->page)
		return;
	__atomic_store_n(&tenure->page->entries[slot].inode, 0, __ATOMIC_SEQ_CST);
	tenure->used--;
}

int64_t tenure_lease_ms(const struct tenure *tenure)
{
	return tenure->page ? (int64_t)tenure->page->head.lease_ms : 0;
}

int64_t tenure_wake_ms(const struct tenure *tenure)
{
	int64_t due_ms;

	if (!tenure->page)
		return INT64_MAX;
	due_ms = tenure->beat_ms + (int64_t)tenure->page->head.lease_ms / BEATS;
	due_ms -= date_steady_ms();
	return due_ms > 0 ? due_ms : 0;
}

bool tenure_is_due(const struct tenure *tenure)
{
	return tenure_wake_ms(tenure) == 0;
}

/* The clock first: who sees the beat begins to count later than we do. */
void tenure_beat(struct tenure *tenure)
{
	if (!tenure->page)
		return;
	tenure->beat_ms = date_steady_ms();
	__atomic_add_fetch(&tenure->page->head.beats, 1, __ATOMIC_SEQ_CST);
}

bool tenure_is_over(const struct tenure *tenure)
{
	return tenure->page &&
	       date_steady_ms() - tenure->beat_ms >= (int64_t)tenure->page->head.lease_ms;
}

bool tenure_is_head(const struct tenure_head *head)
{
	return memcmp(head->magic, MAGIC, sizeof(head->magic)) == 0 &&
	       head->entry_size == sizeof(struct tenure_entry);
}
