#ifndef LIB_JOB_USAGE_H
#define LIB_JOB_USAGE_H

#include <stdint.h>

#include "lib/str.h"

struct json_writer;

/* What a job used and suffered besides what struct job_status has; members of status.json.
 * 0 and "": nothing, or not counted on this machine. */
struct job_usage {
	uint64_t user_ms;
	uint64_t system_ms;
	uint64_t throttled_ms; /* it could have run, but for its limit */
	uint64_t read_bytes;
	uint64_t write_bytes;
	uint64_t pressure_cpu_ms; /* when something of it had to wait for it */
	uint64_t pressure_memory_ms;
	uint64_t pressure_io_ms;
	uint64_t forks_refused;
	uint64_t oom_kills;
	uint64_t oom_limit; /* bytes: the limit that it hit */
	char oom_of[8];	    /* whose: "job", "owner" or "machine" */
	char oom_killed
		[96]; /* "name (pid)", and a comma between two; "" when not known */
	char left_over[160]; /* who lived when its first process had ended, as above */
	char unenforced[32]; /* limits that it was started without: "cpu,memory" */
	uint64_t paused_ms;  /* so far, but for a pause that goes on */
};

void job_usage_dump(struct json_writer *writer, const struct job_usage *usage);
void job_usage_take(struct job_usage *usage, struct str_view text);

#endif
