#ifndef LIB_JOB_STATUS_H
#define LIB_JOB_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/job_usage.h"
#include "lib/str.h"
#include "lib/uuid.h"

struct buf;
struct error;
struct job;

/* status.json of a job: what became of it.  Replaced by rename, so always whole. */
enum job_state {
	JOB_QUEUED,  /* waits for its turn; nothing of it has run */
	JOB_RUNNING, /* has begun, and is never begun again */
	JOB_OK,
	JOB_FAILED,
	JOB_TIMEOUT,
	JOB_CANCELLED,
	JOB_OOM,
	JOB_LOST,    /* its supervisor died: nobody knows how it ended */
	JOB_SKIPPED, /* those that it was to come after did not end as it wanted */
	JOB_STATES
};

struct job_status {
	enum job_state state;
	int exit_code; /* -1: none */
	int signal;    /* 0: none */
	int pid;       /* 0: none yet */
	int64_t created_ms;
	int64_t started_ms; /* 0: not yet, as below */
	int64_t finished_ms;
	uint64_t cpu_ms;
	uint64_t memory_peak; /* bytes; 0: not known here */
	uint64_t pids_peak;
	int64_t paused_ms; /* since when it is; 0: it is not */
	struct job_usage usage;
	uint64_t log_left_out;	/* bytes of its output that are not in its log */
	char containment[16];	/* "cgroup" or "process-tree", and "+v1" */
	char sandbox[16];	/* "none", "default", "strict" */
	char sandbox_lacks[64]; /* what of it was left out, as "proc,landlock" */
	char node[65];
	char name[144];
	char repository[144];
	char group[104];
	uint64_t attempts;     /* how often it was begun; 0: not yet */
	int64_t due_ms;	       /* not begun before; 0: none */
	uint64_t memory_limit; /* bytes, where a retry has another one than the plan */
	char event_id[UUID_LEN];
	char reason[256]; /* one sentence, or "" */
};

const char *job_state_name(enum job_state state);
bool job_state_find(enum job_state *state, const char *name);
bool job_state_is_final(enum job_state state);

/* Set the reason; what JSON would have to escape is replaced. */
void job_status_reason(struct job_status *status, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* How runjob(1) ends for it: the exit status, 128 + signal, 124 for a timeout. */
int job_exit_status(const struct job_status *status);

/* The object, appended; also a part of the result event. */
void job_status_dump(struct buf *out, const struct job *job,
		     const struct job_status *status);

/* durable: it also lasts through a power cut once this returns.  While a job runs, room is
 * reserved for what is written next, as far as the file system lets us: its end is not lost
 * on a disk that is full by then. */
int job_status_write(const struct job *job, const struct job_status *status, bool durable,
		     struct error *err);

/* From the text of an object that job_status_dump wrote; ERROR_DATA for another. */
int job_status_parse(struct job_status *status, struct str_view text, struct error *err);

/* As it is on disk; *found is false before the first write.  One that a power cut left empty
 * is JOB_RUNNING with nothing else: without a supervisor it is lost. */
int job_status_read(struct job_status *status, bool *found, const struct job *job,
		    struct error *err);

/* Is it such an empty one?  Then a job that publishes has not begun: its later ones are synced. */
bool job_status_is_torn(const struct job_status *status);

/* As it is in truth: a job that runs by its status.json and has no supervisor is lost. */
int job_status_now(struct job_status *status, bool *found, const struct job *job,
		   struct error *err);

#endif
