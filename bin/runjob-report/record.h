#ifndef BIN_RUNJOB_REPORT_RECORD_H
#define BIN_RUNJOB_REPORT_RECORD_H

#include <stdint.h>

struct error;

/*
 * What was told GitHub about a job: <state>/reports/<job id>.json.  RECORD_CREATING is written
 * before the Check run is asked for, so that after a crash it is looked for and not made twice.
 */
enum record_state {
	RECORD_NONE,
	RECORD_CREATING,
	RECORD_STARTED,
	RECORD_COMPLETED,
	RECORD_STATES /* how many */
};

struct record {
	enum record_state state;
	uint64_t check_run_id; /* 0 while it is not known */
};

/* folder: a descriptor.  No file is RECORD_NONE. */
int record_read(struct record *record, int folder, const char *job_id, struct error *err);
int record_write(const struct record *record, int folder, const char *job_id,
		 struct error *err);

#endif
