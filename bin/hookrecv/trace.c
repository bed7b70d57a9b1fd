#include "bin/hookrecv/trace.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/str.h"

enum { VERSION = 1, RINGS = 2, LOOK_BACK = 8 };

/* The ring of what came to a hook, then that of all else. */
static const size_t sizes[RINGS] = { TRACE_HOOKS, TRACE_REST };

struct trace_file {
	uint64_t version;
	uint64_t heads[RINGS]; /* how many records were ever written */
	struct trace_record records[TRACE_RECORDS];
};

static int map(struct trace *trace, int fd, const char *path, struct error *err)
{
	struct stat status = { 0 };
	void *room;

	if (fstat(fd, &status) < 0)
		return error_errno(err, "look at '%s'", path);
	if (status.st_size != (off_t)sizeof(struct trace_file) &&
	    ftruncate(fd, (off_t)sizeof(struct trace_file)) < 0)
		return error_errno(err, "make '%s'", path);
	/* Blocks now, not a SIGBUS when the disk is full. */
	if (status.st_blocks * 512 < (off_t)sizeof(struct trace_file) &&
	    posix_fallocate(fd, 0, sizeof(struct trace_file)) != 0)
		return error_set(err, ERROR_SYSTEM, "make '%s': no room on the disk",
				 path);
	room = mmap(NULL, sizeof(struct trace_file), PROT_READ | PROT_WRITE, MAP_SHARED,
		    fd, 0);
	if (room == MAP_FAILED)
		return error_errno(err, "map '%s'", path);
	trace->file = room;
	return 0;
}

int trace_open(struct trace *trace, const char *path, struct error *err)
{
	auto_close int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return error_errno(err, "open '%s'", path);
	if (map(trace, fd, path, err) < 0)
		return -1;
	if (trace->file->version != VERSION) {
		memset(trace->file, 0, sizeof(*trace->file));
		trace->file->version = VERSION;
	}
	return 0;
}

void trace_close(struct trace *trace)
{
	if (trace->file)
		(void)munmap(trace->file, sizeof(*trace->file));
	trace->file = NULL;
}

static size_t ring_of(const struct trace_record *record)
{
	return record->is_known ? 0 : 1;
}

/* Where the nth record that was ever written to a ring is. */
static struct trace_record *place(const struct trace *trace, size_t ring, uint64_t nth)
{
	size_t first = ring ? TRACE_HOOKS : 0;

	return &trace->file->records[first + nth % sizes[ring]];
}

static bool is_same(const struct trace_record *one, const struct trace_record *two)
{
	return one->number && one->status == two->status &&
	       strncmp(one->code, two->code, sizeof(one->code)) == 0 &&
	       strncmp(one->hook, two->hook, sizeof(one->hook)) == 0 &&
	       strncmp(one->remote, two->remote, sizeof(one->remote)) == 0;
}

static bool has_same_reason(const struct trace_record *one,
			    const struct trace_record *two)
{
	return one->reason == two->reason &&
	       strncmp(one->detail, two->detail, sizeof(one->detail)) == 0;
}

struct trace_record *trace_find(const struct trace *trace,
				const struct trace_record *like, bool any_reason)
{
	size_t ring = ring_of(like);
	uint64_t head = __atomic_load_n(&trace->file->heads[ring], __ATOMIC_RELAXED);
	uint64_t back;

	for (back = 1; back <= LOOK_BACK && back <= head; back++) {
		struct trace_record *record = place(trace, ring, head - back);

		if (is_same(record, like) &&
		    (any_reason || has_same_reason(record, like)))
			return record;
	}
	return NULL;
}

void trace_again(struct trace_record *record, int64_t now_ms)
{
	(void)__atomic_fetch_add(&record->times, 1, __ATOMIC_RELAXED);
	__atomic_store_n(&record->last_ms, now_ms, __ATOMIC_RELAXED);
}

/* A reader takes a record whose number is the same before and after. */
void trace_add(const struct trace *trace, const struct trace_record *record)
{
	size_t ring = ring_of(record);
	uint64_t nth = __atomic_fetch_add(&trace->file->heads[ring], 1, __ATOMIC_RELAXED);
	struct trace_record *at = place(trace, ring, nth);
	const size_t skip = sizeof(at->number);

	__atomic_store_n(&at->number, 0, __ATOMIC_SEQ_CST);
	memcpy((char *)at + skip, (const char *)record + skip, sizeof(*at) - skip);
	__atomic_store_n(&at->number, nth + 1, __ATOMIC_RELEASE);
}

void trace_text(char *out, size_t room, const char *text)
{
	size_t i;

	for (i = 0; i + 1 < room && text && text[i]; i++)
		out[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
	out[i] = '\0';
}

/* The file may hold anything: others could write to it that are the same user. */
static void tidy(char *text, size_t room)
{
	size_t i;

	text[room - 1] = '\0';
	for (i = 0; text[i]; i++) {
		if (text[i] < ' ' || text[i] > '~')
			text[i] = '?';
	}
}

/* Up to the year 9999. */
static bool is_time(int64_t ms)
{
	return ms >= 0 && ms < INT64_C(253402300800000);
}

static bool is_span(int64_t ms)
{
	return ms > -INT64_MAX && is_time(ms < 0 ? -ms : ms);
}

static bool copy(struct trace_record *record, const struct trace_record *from)
{
	uint64_t before = __atomic_load_n(&from->number, __ATOMIC_ACQUIRE);

	*record = *from;
	if (!before || __atomic_load_n(&from->number, __ATOMIC_SEQ_CST) != before ||
	    !is_time(record->first_ms) || !is_time(record->last_ms) ||
	    !is_time(record->old_ms) || !is_span(record->skew_ms) ||
	    !is_span(record->ended_ms))
		return false;
	tidy(record->remote, sizeof(record->remote));
	tidy(record->hook, sizeof(record->hook));
	tidy(record->provider, sizeof(record->provider));
	tidy(record->code, sizeof(record->code));
	tidy(record->header, sizeof(record->header));
	tidy(record->prefix, sizeof(record->prefix));
	tidy(record->other, sizeof(record->other));
	tidy(record->other_provider, sizeof(record->other_provider));
	tidy(record->detail, sizeof(record->detail));
	tidy(record->digest, sizeof(record->digest));
	tidy(record->headers, sizeof(record->headers));
	return true;
}

static int by_time(const void *a, const void *b)
{
	int64_t one = ((const struct trace_record *)a)->last_ms;
	int64_t two = ((const struct trace_record *)b)->last_ms;

	return one < two ? -1 : one > two;
}

void trace_read(struct trace_records *records, const struct trace *trace)
{
	size_t i;

	records->list = calloc(TRACE_RECORDS, sizeof(*records->list));
	if (!records->list)
		abort();
	for (i = 0; i < TRACE_RECORDS; i++)
		records->count +=
			copy(&records->list[records->count], &trace->file->records[i]);
	qsort(records->list, records->count, sizeof(*records->list), by_time);
}

void trace_records_free(struct trace_records *records)
{
	free(records->list);
	*records = (struct trace_records)TRACE_RECORDS_EMPTY;
}
