#ifndef LIB_SUBMIT_H
#define LIB_SUBMIT_H

#include <stdbool.h>

#include "lib/job.h"
#include "lib/job_entry.h"
#include "lib/str.h"

struct error;
struct job_plan;
struct layout;

/* A job on its way: stored in its folder, made durable, handed to a supervisor. */
struct submission {
	struct job job;
	int lock_fd;	/* ours until a supervisor has it */
	int pidfd;	/* of the supervisor, our child, once there is one */
	int slot_fd;	/* the places it runs in, job_slot.h; -1: it needs none */
	bool duplicate; /* it was here before, and has begun or waits: nothing to do */
	bool again;	/* it was here before, and is stored again */
	struct job_entry entry; /* in the queue, should it have to wait */
};

#define SUBMISSION_NONE                                                                  \
	{                                                                                \
		.job = JOB_NONE, .lock_fd = -1, .pidfd = -1, .slot_fd = -1               \
	}
#define auto_submission __attribute__((cleanup(submit_close)))

struct submit_what {
	const char *id;
	const struct job_plan *plan;
	struct str_view
		spec; /* jobspec(5): what spec.json says of the plan, no line break */
	struct str_view input; /* the job's stdin */
};

/* Write it into the folder of its id.  A job that was stored before and never begun, and
 * that has no supervisor and does not wait, is stored again; while somebody else stores it,
 * ERROR_TEMPORARY.  Most want turn_store. */
int submit_store(struct submission *submission, const struct layout *layout,
		 const struct submit_what *what, struct error *err);

/* Make it last, but for its name. */
int submit_sync(const struct submission *submission, struct error *err);

/* Make the folder above last, too: once is enough for many jobs of one owner. */
int submit_sync_owner(const struct submission *submission, struct error *err);

/* Start its supervisor, which reads stdin_fd as the job's stdin; -1: what was stored.  Most
 * want turn_start, by which it waits for its turn. */
int submit_start(struct submission *submission, const struct layout *layout, int stdin_fd,
		 struct error *err);

/* The same for a process that is not ours alone: the supervisor is no child of it, so that
 * there is nobody to wait for. */
int submit_start_apart(struct submission *submission, const struct layout *layout,
		       struct error *err);

/* A supervisor for a job that has none, to bring it to its end; *started is false when
 * one lives. */
int submit_resume(bool *started, const struct job *job, const struct layout *layout,
		  struct error *err);
void submit_close(struct submission *submission);

#endif
