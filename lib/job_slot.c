#include "lib/job_slot.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

#include "lib/error.h"
#include "lib/job_entry.h"
#include "lib/job_queue.h"

enum { REGION_BITS = 20 }; /* bytes for each group; the first are for all jobs */

uint64_t job_slot_default(void)
{
	cpu_set_t cpus;

	if (sched_getaffinity(0, sizeof(cpus), &cpus) == 0 &&
	    CPU_COUNT(&cpus) * 2 > JOB_SLOTS_LEAST)
		return (uint64_t)CPU_COUNT(&cpus) * 2;
	return JOB_SLOTS_LEAST;
}

int job_slot_open(int *fd, const struct job_queue *queue, struct error *err)
{
	*fd = openat(queue->fd, "slots", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	return *fd < 0 ? error_errno(err, "open the queue's slots") : 0;
}

static int set(int fd, short type, uint64_t from, uint64_t len)
{
	struct flock bytes = { .l_type = type,
			       .l_whence = SEEK_SET,
			       .l_start = (off_t)from,
			       .l_len = (off_t)len };

	return fcntl(fd, F_OFD_SETLK, &bytes);
}

static int take_one(bool *taken, int fd, uint64_t from, uint64_t count, struct error *err)
{
	uint64_t i;

	*taken = false;
	for (i = 0; i < count && !*taken; i++) {
		*taken = set(fd, F_WRLCK, from + i, 1) == 0;
		if (!*taken && errno != EAGAIN && errno != EACCES)
			return error_errno(err, "lock the queue's slots");
	}
	return 0;
}

int job_slot_take(enum job_slot *result, int fd, const struct job_entry *entry,
		  uint64_t most, struct error *err)
{
	bool taken = true;

	if (entry->group && take_one(&taken, fd, (entry->group + 1) << REGION_BITS,
				     entry->parallel, err) < 0)
		return -1;
	*result = JOB_SLOT_GROUP_FULL;
	if (!taken)
		return 0;
	if (entry->takes_slot && take_one(&taken, fd, 0, most, err) < 0)
		return -1;
	*result = taken ? JOB_SLOT_TAKEN : JOB_SLOT_ALL_FULL;
	if (!taken)
		job_slot_give(fd);
	return 0;
}

void job_slot_give(int fd)
{
	(void)set(fd, F_UNLCK, 0, 0);
}
