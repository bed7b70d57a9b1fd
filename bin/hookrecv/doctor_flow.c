#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "bin/hookrecv/doctor.h"
#include "bin/hookrecv/guard.h"
#include "bin/hookrecv/refusal.h"
#include "bin/hookrecv/span.h"
#include "bin/hookrecv/trace.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/uuid.h"

/* What comes in and does not go out, and who is kept out. */

enum { WAIT_MS = 5 * 60 * 1000, RECENT_MS = 24 * 3600 * 1000 };

struct pile {
	size_t count;
	char oldest[UUID_LEN];
};

static void count_files(struct pile *pile, int dir_fd)
{
	int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_closedir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *item;

	if (!dir)
		cleanup_close(&fd);
	while (dir && (item = readdir(dir))) {
		if (!uuid_is_valid(item->d_name))
			continue;
		if (!pile->count++ || strcmp(item->d_name, pile->oldest) < 0)
			memcpy(pile->oldest, item->d_name, UUID_LEN);
	}
}

void doctor_waiting(struct doctor *doctor)
{
	struct pile fresh = { 0, "" };
	struct pile dead = { 0, "" };
	char age[SPAN_LEN];
	int64_t age_ms;

	if (doctor->spool.dir[SPOOL_NEW] < 0)
		return; /* as was said */
	count_files(&fresh, doctor->spool.dir[SPOOL_NEW]);
	count_files(&dead, doctor->spool.dir[SPOOL_DEAD]);
	age_ms = fresh.count ? doctor->now_ms - uuid_time_ms(fresh.oldest) : 0;
	span_format(age, age_ms);
	if (age_ms > WAIT_MS)
		doctor_say(doctor, DOCTOR_WARN,
			   "systemctl status hookroute; hookroute drain",
			   "%zu files wait in spool/new, the oldest for %s: nobody "
			   "takes them",
			   fresh.count, age);
	else
		doctor_say(doctor, DOCTOR_OK, NULL, "%zu files wait in spool/new",
			   fresh.count);
	if (dead.count)
		doctor_say(doctor, DOCTOR_WARN, "hookroute list dead",
			   "%zu events were given up", dead.count);
}

static void count_ban(void *context, const struct ban *ban)
{
	size_t *count = context;

	(void)ban;
	++*count;
}

/* A forge that is banned is refused with all its good deliveries. */
void doctor_bans(struct doctor *doctor)
{
	auto_free char *path = path_join(doctor->layout->state, "bans");
	auto_bans struct bans bans = BANS_NONE;
	struct error err = { 0 };
	size_t count = 0;

	if (access(path, F_OK) < 0) {
		doctor_say(doctor, DOCTOR_OK, NULL, "nobody is banned");
		return;
	}
	if (guard_open_bans(&bans, doctor->layout, &err) < 0) {
		doctor_say(doctor, DOCTOR_FAIL, NULL, "%s", err.message);
		return;
	}
	bans_each(&bans, doctor->now_ms, count_ban, &count);
	doctor_say(doctor, count ? DOCTOR_WARN : DOCTOR_OK,
		   count ? "hookrecv bans list: is a forge among them?" : NULL,
		   "%zu senders are banned", count);
}

/* The newest refusal of what came to a hook of ours, and how many there were. */
static const struct trace_record *
newest(uint64_t *times, const struct trace_records *records, int64_t since_ms)
{
	const struct trace_record *found = NULL;
	size_t i;

	for (i = 0; i < records->count; i++) {
		const struct trace_record *record = &records->list[i];

		if (!record->is_known || record->last_ms < since_ms)
			continue;
		found = record;
		*times += record->times;
	}
	return found;
}

void doctor_refusals(struct doctor *doctor)
{
	auto_free char *path = path_join(doctor->layout->state, "refused");
	auto_trace_records struct trace_records records = TRACE_RECORDS_EMPTY;
	auto_trace struct trace trace = TRACE_NONE;
	auto_buf struct buf reason = BUF_EMPTY;
	const struct trace_record *last = NULL;
	struct error err = { 0 };
	uint64_t times = 0;

	if (access(path, F_OK) == 0 && trace_open(&trace, path, &err) < 0) {
		doctor_say(doctor, DOCTOR_FAIL, NULL, "%s", err.message);
		return;
	}
	if (trace.file)
		trace_read(&records, &trace);
	last = newest(&times, &records, doctor->now_ms - RECENT_MS);
	if (!last) {
		doctor_say(doctor, DOCTOR_OK, NULL, "no hook refused a request in a day");
		return;
	}
	refusal_reason(&reason, last);
	doctor_say(doctor, DOCTOR_WARN, "hookrecv explain --trace",
		   "hooks refused %ju requests in a day, the last from %s: %s",
		   (uintmax_t)times, last->remote, buf_str(&reason));
}
